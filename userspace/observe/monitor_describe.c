// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Events of the monitor as JSON
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bpf/monitor.h"
#include "guard.h"
#include "monitor_describe.h"
#include "nnp_reason.h"
#include "policy_names.h"
#include "rights.h"
#include "sanitize.h"
#include "userns_caps.h"
#include "userns_events.h"
#include "util.h"

static const char *const words[] = {
	[MONITOR_EXEC] = "exec",
	[MONITOR_REFUSED] = "refused",
	[MONITOR_FS] = "denied",
	[MONITOR_TOPOLOGY] = "denied",
	[MONITOR_NET] = "denied",
	[MONITOR_PTRACE] = "denied",
	[MONITOR_SIGNAL] = "denied",
	[MONITOR_UNIX] = "denied",
	[MONITOR_GAIN] = "denied",
};

/* Names of denied operations that are no rights of Landlock. */
static const char *const denials[] = {
	[MONITOR_TOPOLOGY] = "change_topology",
	[MONITOR_PTRACE] = "ptrace",
	[MONITOR_SIGNAL] = "signal",
	[MONITOR_UNIX] = "abstract_unix_socket",
	[MONITOR_GAIN] = "gain_privileges",
};

/* In place of "denied". */
#define WOULD_DENY "would deny"

static const char *name_of(const struct monitor_event *event)
{
	return event->name_size ? (const char *)(event + 1) : "";
}

static const char *file_of(const struct monitor_event *event)
{
	return event->file_size ?
	       (const char *)(event + 1) + event->name_size : "";
}

/* Lists domains, with their policies if these are known. */
static json_t *list_layers(const struct monitor_event *event)
{
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < event->count && i < EXECLOCK_LAYERS; i++) {
		const struct monitor_layer *const layer = &event->layers[i];
		bool of_cgroup;
		const char *const name =
			policy_names_of_ruleset(layer->policy ?: layer->ruleset,
						&of_cgroup);

		json_array_append_new(list,
				      json_pack("{s:I, s:I, s:I, s:b, s:b, s:s?}",
						"domain",
						(json_int_t)layer->domain,
						"ruleset",
						(json_int_t)layer->ruleset,
						"policyId",
						(json_int_t)layer->policy,
						"ofCgroup", of_cgroup,
						"permissive",
						layer->permissive || event->permissive,
						"policy", name));
	}
	return list;
}

static json_t *list_policies(const __u32 *ids, __u32 count)
{
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < count && i < EXECLOCK_LAYERS; i++) {
		const char *const name = policy_names_of_policy(ids[i]);

		if (name)
			json_array_append_new(list, json_string(name));
	}
	return list;
}

static json_t *list_rights(const struct monitor_event *event)
{
	const enum rights_kind kind = event->kind == MONITOR_NET ? RIGHTS_NET :
								   RIGHTS_FS;
	json_t *const list = json_array();
	__u64 rest;

	if (denials[event->kind])
		json_array_append_new(list, json_string(denials[event->kind]));
	for (rest = event->access; rest; rest &= rest - 1)
		json_array_append_new(list,
				      json_string(rights_name(kind, rest &
							      -rest)));
	return list;
}

static void describe_exec(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "name", sanitize_name(name_of(event)));
	json_object_set_new(object, "file", sanitize_name(file_of(event)));
	json_object_set_new(object, "layers", list_layers(event));
	json_object_set_new(object, "policies",
			    list_policies(event->staged, event->num_staged));
}

static void describe_refused(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "name", sanitize_name(name_of(event)));
	json_object_set_new(object, "error",
			    json_string(strerror(event->value)));
}

static void describe_limit(__u64 ruleset, json_t *object)
{
	bool of_cgroup;
	const char *const name = policy_names_of_ruleset(ruleset, &of_cgroup);

	json_object_set_new(object, "policies",
			    name ? json_pack("[s]", name) : json_array());
	json_object_set_new(object, "ofCgroup", json_true());
}

static void describe_gain(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "path", sanitize_name(file_of(event)));
	json_object_set_new(object, "reason",
			    json_string(nnp_reason_name(event->value)));
	if (event->no_new_privs)
		json_object_set_new(object, "policies",
				    list_policies(&event->no_new_privs, 1));
	if (event->limit)
		describe_limit(event->limit, object);
}

static void describe_denied(const struct monitor_event *event, json_t *object)
{
	json_object_set_new(object, "rights", list_rights(event));
	json_object_set_new(object, "layers", list_layers(event));
	json_object_set_new(object, "under",
			    list_policies(event->under, event->num_under));
	json_object_set_new(object, "permissive",
			    json_boolean(event->permissive));
	json_object_set_new(object, "logged", json_boolean(event->logged));
	if (event->name_size)
		json_object_set_new(object, "path",
				    sanitize_name(name_of(event)));
	if (event->kind == MONITOR_NET && event->value >= 0)
		json_object_set_new(object, "port", json_integer(event->value));
	if (event->kind == MONITOR_SIGNAL)
		json_object_set_new(object, "signal",
				    json_integer(event->value));
	if (event->kind == MONITOR_GAIN)
		describe_gain(event, object);
	if (event->target)
		json_object_set_new(object, "target",
				    json_integer(event->target));
}

json_t *monitor_object(const char *word)
{
	struct timespec now;
	struct tm tm;
	char text[64];
	size_t size;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	size = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	size += snprintf(text + size, sizeof(text) - size, ".%06ld",
			 now.tv_nsec / 1000);
	strftime(text + size, sizeof(text) - size, "%z", &tm);
	return json_pack("{s:s, s:s}", "time", text, "event", word);
}

json_t *monitor_describe(const struct monitor_event *event)
{
	json_t *object;

	if (event->kind >= ARRAY_SIZE(words))
		return NULL;
	object = monitor_object(event->permissive ? WOULD_DENY :
						    words[event->kind]);
	json_object_set_new(object, "pid", json_integer(event->pid));
	json_object_set_new(object, "comm", sanitize_name(event->comm));
	json_object_set_new(object, "uid", json_integer(event->uid));
	switch (event->kind) {
	case MONITOR_EXEC:
		describe_exec(event, object);
		break;
	case MONITOR_REFUSED:
		describe_refused(event, object);
		break;
	default:
		describe_denied(event, object);
	}
	return object;
}

json_t *monitor_describe_guard(const struct guard_denial *denial)
{
	const char *const name = policy_names_of_policy(denial->policy);
	json_t *const object = monitor_object("guard");

	json_object_set_new(object, "pid", json_integer(denial->pid));
	json_object_set_new(object, "uid", json_integer(denial->uid));
	json_object_set_new(object, "comm", sanitize_name(denial->comm));
	json_object_set_new(object, "kind",
			    json_string(guard_kind(denial->kind)));
	json_object_set_new(object, "permissive",
			    json_boolean(denial->permissive));
	json_object_set_new(object, "under", name ? json_pack("[s]", name) :
						    json_array());
	return object;
}

/* Of all, no names are shown. */
static json_t *describe_caps(__u64 caps)
{
	const __u64 known = (1ULL << USERNS_CAPS_KNOWN) - 1;

	return userns_caps_describe((caps & known) == known ? USERNS_CAPS_ALL :
							      caps);
}

json_t *monitor_describe_userns(const struct userns_event *event)
{
	json_t *const object = monitor_object("userns");

	json_object_set_new(object, "pid", json_integer(event->pid));
	json_object_set_new(object, "uid", json_integer(event->uid));
	json_object_set_new(object, "comm", sanitize_name(event->comm));
	json_object_set_new(object, "kind",
			    json_string(userns_kind(event->kind)));
	json_object_set_new(object, "capabilities",
			    describe_caps(event->caps));
	if (event->level)
		json_object_set_new(object, "level",
				    json_integer(event->level));
	return object;
}
