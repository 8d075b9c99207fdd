// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Notes about a proposed policy, for the person who reads it
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "message.h"
#include "proposal.h"
#include "propose.h"
#include "sanitize.h"

void propose_note(json_t *notes, const char *fmt, ...)
{
	va_list args;
	char *text;
	int size;

	va_start(args, fmt);
	size = vasprintf(&text, fmt, args);
	va_end(args);
	if (size < 0)
		return;
	if (!json_output)
		sanitize_defuse(text);
	json_array_append_new(notes, sanitize_json(text));
	free(text);
}

static const char *list_text(json_t *list, char *text, size_t size)
{
	size_t i, used = 0;
	json_t *name;

	text[0] = '\0';
	json_array_foreach(list, i, name)
		if (used < size)
			used += snprintf(text + used, size - used, "%s%s",
					 i ? ", " : "",
					 json_string_value(name));
	json_decref(list);
	return text;
}

/* Notes accesses that reach a service's own directories by wide rules. */
static void note_private(const struct proposal *proposal)
{
	const struct observed *const observed = proposal->observed;
	const json_t *place;
	const char *path;
	json_t *value;
	size_t i;

	/* The rule is for it, then. */
	if (proposal->places)
		return;
	json_array_foreach(observed->private, i, place) {
		const char *const private = json_string_value(place);
		__u64 access = 0;
		char rights[512];

		json_object_foreach(observed->paths, path, value)
			if (compare_beneath(path, private))
				access |= observed_get(value).access;
		if (!access)
			continue;
		list_text(rights_list(RIGHTS_FS, access), rights,
			  sizeof(rights));
		propose_note(proposal->notes, "the service has a %s of its own, which only a rule for the directory above it reaches: that allows %s everywhere in there; without the setting of the unit (PrivateTmp=, PrivateDevices= and the like), the rule would be for %s",
			     private, rights, private);
	}
}

/* A rule for the root directory has no limits, even if only it was accessed. */
static void note_root(const struct proposal *proposal)
{
	const __u64 access =
		json_integer_value(json_object_get(proposal->rules, "/"));
	char rights[512];

	if (!access || json_object_get(proposal->reasons, "/"))
		return;
	list_text(rights_list(RIGHTS_FS, access), rights, sizeof(rights));
	propose_note(proposal->notes, "the program accessed / itself, and the rule for it holds in all directories: it allows %s there",
		     rights);
}

/* Notes directories whose rules may give more rights than intended. */
static void note_wide(const struct proposal *proposal)
{
	const char *path, *reason;
	char rights[512];
	json_t *value;

	json_object_foreach(proposal->rules, path, value) {
		const __u64 access = json_integer_value(value);

		reason = json_string_value(json_object_get(proposal->reasons,
							   path));
		if (!reason || proposal_above(path, proposal_packages) ||
		    (proposal_depth(path) > 1 && !proposal_is_mixed(path)))
			continue;
		/* A narrower rule in /proc would not last. */
		if (strcmp(path, "/proc") == 0 && !(access & ~LOOKING))
			continue;
		list_text(rights_list(RIGHTS_FS, access), rights,
			  sizeof(rights));
		propose_note(proposal->notes, "the rule for the whole of %s allows %s because of %s: a rule for that file alone would %s%s",
			     path, rights, reason, proposal->places ?
			     "not be for others there, which the next run may need" :
			     "end when the file is replaced",
			     strcmp(path, "/etc") == 0 &&
			     access & LANDLOCK_ACCESS_FS_READ_FILE ?
			     "; only file permissions keep the program from /etc/shadow and the like" :
			     "");
	}
	json_object_foreach(proposal->rules, path, value)
		if (proposal_above(path, proposal_packages) &&
		    json_integer_value(value) & ~READING)
			propose_note(proposal->notes, "the policy allows changing files in %s, which has programs of packages: an attacker who takes over the program could change these",
				     path);
}

static void note_single(const struct proposal *proposal)
{
	const json_t *path;
	size_t i;

	/* It is for what replaces the file, too. */
	if (proposal->places)
		return;
	json_array_foreach(proposal->single, i, path)
		if (json_object_get(proposal->rules, json_string_value(path)))
			propose_note(proposal->notes, "%s has a rule of its own, because its directory has other files that should not be read: when the file is replaced, load the policies again",
				     json_string_value(path));
}

/* Notes capabilities that the program may be able to do without. */
static void note_kept(const struct proposal *proposal)
{
	const struct observed *const observed = proposal->observed;
	const __u64 unused = observed->caps_kept & ~observed->caps;
	char names[1024];

	if (!proposal->bounds_caps || !unused)
		return;
	list_text(proposal_list_names(unused), names, sizeof(names));
	propose_note(proposal->notes, "the program kept these capabilities in a user namespace and did not use them: %s: they are in \"userNamespaceCapabilities\", because capset(2) fails without them",
		     names);
}

/* Notes about accesses and scopes. */
static void note_more(const struct proposal *proposal)
{
	const struct observed *const observed = proposal->observed;

	if (observed->no_path && !observed->mounts)
		propose_note(proposal->notes, "%lu accesses were to files without a known path, or in another mount namespace",
			     observed->no_path);
	if (observed->lost)
		propose_note(proposal->notes, "%llu accesses came too fast and were lost: rules for them may be missing",
			     (unsigned long long)observed->lost);
	if (observed->running)
		propose_note(proposal->notes, "processes of the command are still running, and no longer observed");
	if (observed->mounts && proposal->merges)
		propose_note(proposal->notes, "the program mounted, moved or unmounted file systems, which Landlock denies to each process under a policy with rights for files, and so no rule was added for the files that it accessed");
	else if (observed->mounts)
		propose_note(proposal->notes, "the program mounted, moved or unmounted file systems, which Landlock denies to each process under a policy with rights for files, so the policy has none: write another one for the programs that it starts");
	/* Others say more about these scopes. */
	if (proposal->is_part)
		return;
	if (observed->abstract)
		propose_note(proposal->notes, "the program used an abstract UNIX socket, so these are not scoped");
	if (observed->signal)
		propose_note(proposal->notes, "the program sent a signal to another process, so signals are not scoped");
	else if (proposal_is_daemon(observed) && !proposal->merges)
		propose_note(proposal->notes, "the program seems to be a daemon: another process of it may send it signals, to reload or to stop it, from another domain, so signals are not scoped: if there is no such process, add \"signal\" to \"scoped\"");
}

void proposal_note_all(const struct proposal *proposal)
{
	note_private(proposal);
	note_root(proposal);
	note_wide(proposal);
	note_single(proposal);
	note_kept(proposal);
	note_more(proposal);
}
