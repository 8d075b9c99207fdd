// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Replace the ruleset of a live policy again and again, for tests
 *
 * usage: replacer TIMES FILE OTHER PATH...
 *
 * Of the only live policy that is loaded.  All rulesets allow to read what is at
 * or beneath each PATH.  They allow, one after the other: also FILE; also OTHER;
 * also both; nothing more; nothing more and permissive.  There are a few
 * milliseconds between two of them.  Exits with 0 if this was done so many TIMES.
 */

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/execlock.h"
#include "landlock_abi.h"

#define MAP "/sys/fs/bpf/execlock/rulesets"

/* Between two rulesets, in microseconds. */
#define PAUSE 5000

static const struct {
	bool file;
	bool other;
	__u32 flags;
} versions[] = {
	{ true, false, LANDLOCK_POLICY_LIVE },
	{ false, true, LANDLOCK_POLICY_LIVE },
	{ true, true, LANDLOCK_POLICY_LIVE },
	{ false, false, LANDLOCK_POLICY_LIVE },
	{ false, false, LANDLOCK_POLICY_LIVE | LANDLOCK_POLICY_PERMISSIVE },
};

#define VERSIONS (sizeof(versions) / sizeof(*versions))

static int fail(const char *what)
{
	fprintf(stderr, "replacer: error: cannot %s: %s\n", what,
		strerror(errno));
	return -1;
}

static int allow(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr attr = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	int err;

	if (attr.parent_fd < 0)
		return fail(path);
	err = landlock_add_rule(ruleset, RULE_PATH_BENEATH, &attr, 0);
	close(attr.parent_fd);
	return err ? fail("add a rule") : 0;
}

/* Makes the ruleset of a version.  Returns its file descriptor, or -1. */
static int make(size_t version, char *const paths[])
{
	const struct ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	const int ruleset = landlock_create_ruleset(&attr, sizeof(attr), 0);
	size_t i;

	if (ruleset < 0)
		return fail("make a ruleset");
	if ((versions[version].file && allow(ruleset, paths[0])) ||
	    (versions[version].other && allow(ruleset, paths[1])))
		return -1;
	for (i = 2; paths[i]; i++)
		if (allow(ruleset, paths[i]))
			return -1;
	return ruleset;
}

/* Finds the slot of the policy.  Returns -1 unless there is exactly one. */
static int find_slot(int map)
{
	struct execlock_ruleset value;
	int found = -1;
	__u32 slot;

	for (slot = 0; slot < EXECLOCK_RULESETS; slot++) {
		if (bpf_map_lookup_elem(map, &slot, &value) ||
		    !value.policy_id)
			continue;
		if (found >= 0)
			return -1;
		found = slot;
	}
	return found;
}

int main(int argc, char *argv[])
{
	struct execlock_ruleset values[VERSIONS] = {};
	__u32 slot;
	long i, times;
	int map;

	if (argc < 5)
		return EXIT_FAILURE;
	times = atol(argv[1]);
	for (i = 0; i < (long)VERSIONS; i++) {
		const int ruleset = make(i, &argv[2]);

		if (ruleset < 0)
			return EXIT_FAILURE;
		values[i].ruleset_fd = ruleset;
		values[i].flags = versions[i].flags;
	}
	map = bpf_obj_get(MAP);
	if (map < 0)
		return fail("open " MAP), EXIT_FAILURE;
	slot = find_slot(map);
	for (i = 0; i < times; i++) {
		if (bpf_map_update_elem(map, &slot, &values[i % VERSIONS],
					BPF_ANY))
			return fail("replace a ruleset"), EXIT_FAILURE;
		usleep(PAUSE);
	}
	printf("replaced %ld times\n", times);
	return EXIT_SUCCESS;
}
