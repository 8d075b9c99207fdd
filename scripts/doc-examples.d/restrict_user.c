// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of map_landlock_ruleset.rst that puts one user's programs in
 * a domain, and the functions that store, describe and replace the ruleset
 */

#include "text/replace_policy.c"
#include "text/store_ruleset.c"

#include "doc.h"
#include "restrict_user.skel.h"

#define PROGRAM "restrict_user.bpf.c"
#define FUNCTIONS "store_ruleset.c"
#define REPLACE "replace_policy.c"
#define USER 1000

/* The declaration in the documentation is that of the kernel. */
#define bpf_landlock_ruleset_info documented_info
#include "text/ruleset_info.h"
#undef bpf_landlock_ruleset_info

#define SAME_FIELD(field)						\
	(offsetof(struct documented_info, field) ==			\
	 offsetof(struct bpf_landlock_ruleset_info, field) &&		\
	 sizeof(((struct documented_info *)0)->field) ==		\
	 sizeof(((struct bpf_landlock_ruleset_info *)0)->field))

/* Returns the result of print_ruleset(), with its output in @text. */
static int printed(int map_fd, char *text, size_t size)
{
	const int before = dup(STDOUT_FILENO);
	int ends[2], err;
	ssize_t length;

	fflush(stdout);
	need(before >= 0 && !pipe(ends) && dup2(ends[1], STDOUT_FILENO) >= 0,
	     "cannot make a pipe");
	err = print_ruleset(map_fd, 0);
	fflush(stdout);
	dup2(before, STDOUT_FILENO);
	close(before);
	close(ends[1]);
	length = read(ends[0], text, size - 1);
	text[length > 0 ? length : 0] = '\0';
	close(ends[0]);
	return err;
}

/* Finds out which policy a slot has, or 0. */
static __u64 find_policy(int map_fd, __u32 slot)
{
	struct bpf_landlock_ruleset_info info = {};

	if (bpf_map_lookup_elem(map_fd, &slot, &info) ||
	    info.flags != LANDLOCK_POLICY_LIVE)
		return 0;
	return info.policy_id;
}

/* In as many domains as there can be. */
static int fill_layers(void)
{
	const int ruleset_fd = make_ruleset("/");
	int i;

	for (i = 0; i < 16; i++)
		if (landlock_restrict_self(ruleset_fd, 0))
			return -1;
	return 0;
}

int main(int argc, char *argv[])
{
	struct restrict_user *skel;
	unsigned long long access;
	__u64 policy;
	char text[256];
	unsigned int rules;
	int map_fd;

	start(argc, argv);
	make_copy(0755);
	is("ruleset_info.h",
	   sizeof(struct documented_info) ==
		   sizeof(struct bpf_landlock_ruleset_info) &&
		   SAME_FIELD(ruleset_fd) && SAME_FIELD(num_rules) &&
		   SAME_FIELD(id) && SAME_FIELD(handled_access_fs) &&
		   SAME_FIELD(handled_access_net) && SAME_FIELD(scoped) &&
		   SAME_FIELD(version) && SAME_FIELD(quiet_access_fs) &&
		   SAME_FIELD(quiet_access_net) && SAME_FIELD(quiet_scoped) &&
		   SAME_FIELD(policy_id) && SAME_FIELD(flags) &&
		   SAME_FIELD(reserved),
	   true, "it is the structure of linux/bpf.h");

	skel = restrict_user__open();
	need(skel, "cannot open the BPF program");
	skel->rodata->restricted_uid = USER;
	is(PROGRAM, restrict_user__load(skel), 0, "the verifier accepts it");
	need(!restrict_user__attach(skel), "cannot attach it");
	map_fd = bpf_map__fd(skel->maps.rulesets);

	is(FUNCTIONS, printed(map_fd, text, sizeof(text)), 0,
	   "it describes an empty slot");
	is(FUNCTIONS, strcmp(text, "slot 0: empty\n"), 0, "as empty");
	is(PROGRAM, found_by(USER, COPY, NULL), NOT_EXECUTED(EACCES),
	   "the user executes nothing without a ruleset");
	is(FUNCTIONS, store_ruleset(map_fd, 0, make_ruleset(PUBLIC)), 0,
	   "it stores a ruleset");
	is(FUNCTIONS, printed(map_fd, text, sizeof(text)), 0,
	   "it describes the ruleset");
	is(FUNCTIONS, sscanf(text, "slot 0: ruleset %*x, %u rules, handled_access_fs %llx",
			     &rules, &access) == 2 &&
			      rules == 1 && access == LANDLOCK_ACCESS_FS_READ_FILE,
	   true, "with its rules and rights");
	is(FUNCTIONS, store_ruleset(map_fd, 1, make_ruleset(PUBLIC)),
	   -E2BIG,
	   "it fails for a slot that is not there");

	is(PROGRAM, found_by(USER, COPY, NULL), IS_CONFINED | HAS_NNP,
	   "the user's programs are in the domain, with no_new_privs");
	is(PROGRAM, found_by(USER + 1, COPY, NULL), 0, "another user's are not");
	is(PROGRAM, found_by(USER, COPY, fill_layers), NOT_EXECUTED(EACCES),
	   "nothing is executed when no domain can be made");

	is(REPLACE, find_policy(map_fd, 0), 0, "a ruleset is no policy");
	is(REPLACE, replace_policy(map_fd, 0, make_ruleset(PUBLIC)), 0,
	   "it makes it one");
	policy = find_policy(map_fd, 0);
	is(REPLACE, !policy, false, "which has an ID");
	is(REPLACE, replace_policy(map_fd, 0, make_ruleset("/")), 0,
	   "it replaces the policy");
	is(REPLACE, find_policy(map_fd, 0) == policy, true,
	   "which is the same one then");
	restrict_user__destroy(skel);
	is(PROGRAM, found_by(USER, COPY, NULL), 0,
	   "nothing is confined without it");
	printf("1..%d\n", tests);
	return 0;
}
