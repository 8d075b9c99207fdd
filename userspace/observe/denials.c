// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From denials to the rules that are missing
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/monitor.h"
#include "context.h"
#include "denials.h"
#include "json_source.h"
#include "landlock_abi.h"
#include "merged.h"
#include "message.h"
#include "monitor_describe.h"
#include "observed.h"
#include "policy_names.h"
#include "propose.h"
#include "units.h"

/**
 * struct denying - A policy that denied something
 *
 * @name: Its name.
 * @observed: The accesses that it denied.
 * @kinds: Kinds of denials, a bit for each &enum monitor_kind; that of
 *         %MONITOR_NET if no port was checked.
 * @refer: The paths of moves and links.
 * @services: Set of the names of the services whose processes it denied them.
 * @pid: The last process that it denied something.
 */
struct denying {
	char *name;
	struct observed observed;
	unsigned int kinds;
	json_t *refer;
	json_t *services;
	__u32 pid;
};

/**
 * struct denials - Denials, by policy
 *
 * @policies: The policies.
 * @count: Their number.
 * @unknown: Number of denials by a domain of which the policy is not known.
 */
struct denials {
	struct denying *policies;
	size_t count;
	unsigned long unknown;
};

struct denials *denials_new(void)
{
	struct denials *const denials = calloc(1, sizeof(*denials));

	if (!denials)
		p_err("out of memory");
	return denials;
}

/* The only policy of the process, if that of the domain is not known. */
static const char *name_of(const struct monitor_event *event)
{
	bool of_cgroup;

	if (event->kind == MONITOR_GAIN && event->no_new_privs)
		return policy_names_of_policy(event->no_new_privs);
	if (event->kind == MONITOR_GAIN)
		return policy_names_of_ruleset(event->limit, &of_cgroup);
	if (event->layers[0].policy || event->layers[0].ruleset)
		return policy_names_of_ruleset(event->layers[0].policy ?:
					       event->layers[0].ruleset,
					       &of_cgroup);
	return event->num_under == 1 ? policy_names_of_policy(event->under[0]) :
				       NULL;
}

static struct denying *find(struct denials *denials, const char *name)
{
	struct denying *more;
	size_t i;

	for (i = 0; i < denials->count; i++)
		if (strcmp(denials->policies[i].name, name) == 0)
			return &denials->policies[i];
	more = reallocarray(denials->policies, denials->count + 1,
			    sizeof(*more));
	if (!more)
		return NULL;
	denials->policies = more;
	more += denials->count;
	memset(more, 0, sizeof(*more));
	more->name = strdup(name);
	more->refer = json_array();
	more->services = json_object();
	if (!more->name || !more->refer || !more->services ||
	    observed_init(&more->observed)) {
		free(more->name);
		json_decref(more->refer);
		json_decref(more->services);
		return NULL;
	}
	denials->count++;
	return more;
}

static void add_path(struct denying *denying, const struct monitor_event *event)
{
	const char *const path = event->name_size ? (const char *)(event + 1) :
						    "";
	struct stat st = {};

	if (*path != '/') {
		denying->observed.no_path++;
		return;
	}
	if (stat(path, &st))
		st.st_mode = 0;
	observed_add_path(&denying->observed, path, event->access, st.st_mode);
	if (event->access & LANDLOCK_ACCESS_FS_REFER)
		json_array_append_new(denying->refer, json_string(path));
}

/* While the process is there. */
static void add_service(struct denying *denying, __u32 pid)
{
	char unit[NAME_MAX + 1];
	char *cgroup;

	if (pid == denying->pid)
		return;
	denying->pid = pid;
	cgroup = context_cgroup(pid);
	if (cgroup && units_of_cgroup(cgroup, unit))
		json_object_set_new(denying->services, unit, json_true());
	free(cgroup);
}

static void add_to(struct denying *denying, const struct monitor_event *event)
{
	add_service(denying, event->pid);
	if (event->kind != MONITOR_NET || event->value < 0)
		denying->kinds |= 1U << event->kind;
	switch (event->kind) {
	case MONITOR_FS:
		add_path(denying, event);
		break;
	case MONITOR_NET:
		if (event->value >= 0)
			observed_add_port(&denying->observed, event->value,
					  event->access);
		break;
	case MONITOR_SIGNAL:
		denying->observed.signal = true;
		break;
	case MONITOR_UNIX:
		denying->observed.abstract = true;
		break;
	}
}

void denials_add(struct denials *denials, const struct monitor_event *event)
{
	struct denying *denying;
	const char *name;

	if (event->kind == MONITOR_EXEC || event->kind == MONITOR_REFUSED ||
	    event->kind >= MONITOR_KINDS)
		return;
	name = name_of(event);
	denying = name ? find(denials, name) : NULL;
	if (denying)
		add_to(denying, event);
	else
		denials->unknown++;
}

/* Notes denials that no rule can turn into something that is allowed. */
static void note_kinds(const struct denying *denying, json_t *notes)
{
	static const struct {
		enum monitor_kind kind;
		const char *text;
	} kinds[] = {
		{ MONITOR_TOPOLOGY,
		  "changes of mounts were denied: no rule can allow them, and each policy with rights for files denies them" },
		{ MONITOR_NET,
		  "addresses of another family than their socket (IPv4 with an IPv6 socket) were denied: no rule can allow them, and most programs then take a socket of the other family" },
		{ MONITOR_PTRACE,
		  "access to other processes (ptrace) was denied: no rule can allow it, and each policy denies it for processes that are not under it" },
		{ MONITOR_GAIN,
		  "an exec gained no privileges: no rule can allow it; see \"noNewPrivs\" and \"execNoNewPrivs\" in \"enforce\"" },
		{ MONITOR_SIGNAL,
		  "signals to other processes were denied: no rule can allow some of them, so \"signal\" has to leave \"scoped\"" },
		{ MONITOR_UNIX,
		  "abstract UNIX sockets of other processes were denied: no rule can allow some of them, so \"abstract_unix_socket\" has to leave \"scoped\"" },
	};
	const json_t *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (denying->kinds & 1U << kinds[i].kind)
			propose_note(notes, "policy \"%s\": %s", denying->name,
				     kinds[i].text);
	json_array_foreach(denying->refer, i, path)
		propose_note(notes, "policy \"%s\": a file could not be moved or linked from or to %s: beside \"refer\" for both directories, the one that it leaves needs each right that it would have in the other one",
			     denying->name, json_string_value(path));
}

/* Leaves of a whole policy the rules, which the policy in force lacks. */
static void cut(json_t *policy)
{
	json_t *const landlock = json_object_get(policy, "landlock");

	json_object_del(landlock, "ruleset");
	json_object_del(policy, "enforce");
	if (!json_object_get(landlock, "pathBeneath") &&
	    !json_object_get(landlock, "netPort"))
		json_object_del(policy, "landlock");
}

static int add_into(const char *into, bool dry_run, struct proposed *proposed,
		    json_t *result)
{
	json_t *merged = NULL;
	char *name;
	int err;

	if (merged_name(into, &name))
		return -1;
	if (name && strcmp(name, proposed->name)) {
		propose_note(proposed->notes, "policy \"%s\" denied something as well, and is not in %s",
			     proposed->name, into);
		free(name);
		return 0;
	}
	free(name);
	err = merged_into(into, proposed->name, dry_run, proposed, &merged);
	if (merged)
		json_object_set_new(result, "into", merged);
	return err;
}

static void print(const json_t *result, bool has_into)
{
	const json_t *const merged = json_object_get(result, "into");
	const json_t *note;
	char *text;
	size_t i;

	json_array_foreach(json_object_get(result, "notes"), i, note)
		fprintf(stderr, "execlock: note: %s\n",
			json_string_value(note));
	if (merged)
		merged_print(merged);
	if (has_into)
		return;
	text = source_text(json_object_get(result, "policy"));
	fputs(text ?: "", stdout);
	free(text);
}

static int propose_for(struct denying *denying,
		       const struct features *kernel, const char *into,
		       bool dry_run, json_t *results)
{
	struct proposed proposed = {
		.name = denying->name,
		.is_part = true,
		.merges = true,
		.notes = json_array(),
	};
	json_t *const result = json_object();
	const char *service;
	json_t *value;
	int err;

	json_object_foreach(denying->services, service, value)
		observed_add_service(&denying->observed, service);
	note_kinds(denying, proposed.notes);
	err = propose(&denying->observed, kernel, &proposed);
	if (!err && into)
		err = add_into(into, dry_run, &proposed, result);
	if (!err) {
		cut(proposed.policy);
		json_object_set(result, "policy", proposed.policy);
		json_object_set(result, "notes", proposed.notes);
		json_array_append(results, result);
		if (!json_output)
			print(result, into);
	}
	json_decref(proposed.policy);
	json_decref(proposed.notes);
	json_decref(result);
	return err;
}

static void note_unknown(const struct denials *denials)
{
	if (!json_output && denials->unknown)
		p_note("%lu denials were by domains of which the policy is not known: they are older than the monitor, or from another source",
		       denials->unknown);
	if (!json_output && !denials->count)
		p_note("nothing is proposed, because no policy denied anything");
}

int denials_propose(struct denials *denials, const struct features *kernel,
		    const char *into, bool dry_run)
{
	json_t *const results = json_array();
	json_t *object;
	int err = 0;
	size_t i;

	for (i = 0; i < denials->count && !err; i++)
		err = propose_for(&denials->policies[i], kernel, into, dry_run,
				  results);
	if (!err)
		note_unknown(denials);
	if (!err && json_output) {
		object = monitor_object("proposed");
		json_object_set(object, "proposals", results);
		json_object_set_new(object, "unknown",
				    json_integer(denials->unknown));
		err = p_json(object);
	}
	json_decref(results);
	return err;
}

void denials_free(struct denials *denials)
{
	size_t i;

	for (i = 0; denials && i < denials->count; i++) {
		free(denials->policies[i].name);
		json_decref(denials->policies[i].refer);
		json_decref(denials->policies[i].services);
		observed_free(&denials->policies[i].observed);
	}
	if (denials)
		free(denials->policies);
	free(denials);
}
