// SPDX-License-Identifier: GPL-2.0-only
/*
 * The maps of map_landlock_ruleset.rst that replace a whole policy
 */

#include "text/store_ruleset.c"

#include "current_policy.skel.h"
#include "doc.h"

#define MAPS "current_policy.h"
#define USER 1000
#define NUM_SLOTS 2

/* A map like the first one, for the place of this. */
static int make_policy(const char *const *paths)
{
	const int map_fd = bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET,
					  "policy", sizeof(__u32),
					  sizeof(struct bpf_landlock_ruleset_info),
					  64, NULL);
	__u32 slot;

	need(map_fd >= 0, "cannot create a map");
	for (slot = 0; slot < NUM_SLOTS; slot++)
		need(!store_ruleset(map_fd, slot, make_ruleset(paths[slot])),
		     "cannot store a ruleset");
	return map_fd;
}

int main(int argc, char *argv[])
{
	static const char *const all[] = { "/", "/" };
	static const char *const some[] = { PUBLIC, "/" };
	struct current_policy *skel;
	const __u32 zero = 0;
	int outer_fd, inner_fd, err;

	start(argc, argv);
	make_copy(0755);
	skel = current_policy__open();
	need(skel, "cannot open the BPF program");
	err = current_policy__load(skel);
	is("restrict_binprm.h", err, 0,
	   "the verifier accepts a call of the declared function");
	is(MAPS, err, 0, "and the maps");
	need(!current_policy__attach(skel), "cannot attach it");
	outer_fd = bpf_map__fd(skel->maps.current_policy);

	is(MAPS, found_by(USER, COPY, NULL), NOT_EXECUTED(EACCES),
	   "the first policy is empty");
	need(!store_ruleset(bpf_map__fd(skel->maps.first_policy), 0,
			    make_ruleset(PUBLIC)), "cannot store a ruleset");
	is(MAPS, found_by(USER, COPY, NULL), IS_CONFINED,
	   "the first policy is in force");
	is(MAPS, found_by(USER + 1, COPY, NULL), NOT_EXECUTED(EACCES),
	   "with its slots");

	inner_fd = make_policy(all);
	is(MAPS, bpf_map_update_elem(outer_fd, &zero, &inner_fd, BPF_ANY), 0,
	   "another policy takes its place");
	is(MAPS, found_by(USER, COPY, NULL), 0, "for one slot");
	is(MAPS, found_by(USER + 1, COPY, NULL), 0, "and for the other one");
	close(inner_fd);
	inner_fd = make_policy(some);
	is(MAPS, bpf_map_update_elem(outer_fd, &zero, &inner_fd, BPF_ANY), 0,
	   "and a third one");
	is(MAPS, found_by(USER, COPY, NULL), IS_CONFINED, "for one slot");
	is(MAPS, found_by(USER + 1, COPY, NULL), 0, "and for the other one");
	printf("1..%d\n", tests);
	return 0;
}
