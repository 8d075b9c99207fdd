// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The no_new_privs rule ("execlock nnp") in the kernel
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "attached.h"
#include "bpf/nnp.h"
#include "cgroupfs.h"
#include "features.h"
#include "memory.h"
#include "message.h"
#include "nnp.skel.h"
#include "nnp_rule.h"
#include "pins.h"

static const __u32 level = NNP_LEVEL;
static const __u8 present = 1;

int nnp_rule_is_on(void)
{
	struct attached set;
	int found;

	found = pins_find(&pins_nnp, &set);
	if (found <= 0)
		return found;
	attached_close(&set);
	return set.in_force;
}

int nnp_rule_exempt(int map, const char *cgroup)
{
	__u64 number;

	if (cgroupfs_number(cgroup, &number) ||
	    cgroupfs_check_level(cgroup, number))
		return -1;
	if (!bpf_map_update_elem(map, &number, &present, BPF_ANY))
		return 0;
	if (errno == E2BIG)
		return p_err("cannot exempt cgroup %s: %d cgroups are exempt already, the most that can be",
			     cgroup, NNP_MAX_CGROUPS);
	return p_err("cannot exempt cgroup %s: %s", cgroup, strerror(errno));
}

int nnp_rule_unexempt(int map, const char *cgroup)
{
	__u64 number;

	if (cgroupfs_number(cgroup, &number))
		return -1;
	if (!bpf_map_delete_elem(map, &number))
		return 0;
	if (errno == ENOENT)
		return p_err("cgroup %s is not in the list of exempt cgroups",
			     cgroup);
	return p_err("cannot unexempt cgroup %s: %s", cgroup, strerror(errno));
}

/* Adds the cgroups of one list to another one. */
static int copy_list(int from, int to)
{
	__u64 number, *previous = NULL;

	while (!bpf_map_get_next_key(from, previous, &number)) {
		if (bpf_map_update_elem(to, &number, &present, BPF_ANY))
			return p_err("cannot copy the list of exempt cgroups: %s",
				     strerror(errno));
		previous = &number;
	}
	return 0;
}

/* Copies the list of the rule that is in force. */
static int take_over_list(const struct attached *set, int list)
{
	const int former = attached_map(set, "exempt");

	if (former < 0)
		return p_err("cannot read which cgroups are exempt: another build of execlock loaded the no_new_privs rule: \"execlock nnp off\", then put it in force again");
	if (copy_list(former, list))
		return -1;
	cgroupfs_prune(list);
	return 0;
}

static int exempt_all(int list, char *const *cgroups, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (nnp_rule_exempt(list, cgroups[i]))
			return -1;
	return 0;
}

/* Everything is there: from here on, the rule is in force. */
static int switch_on(const struct nnp_bpf *bpf)
{
	if (bpf_map__update_elem(bpf->maps.levels, &level, sizeof(level),
				 &present, sizeof(present), BPF_ANY))
		return p_err("cannot put the no_new_privs rule in force: %s",
			     strerror(errno));
	return 0;
}

static int pin_and_attach(const struct nnp_bpf *bpf)
{
	struct attached set = {};
	int err;

	if (pins_prepare(&pins_nnp))
		return -1;
	err = bpf_object__pin_maps(bpf->obj, pins_nnp.new_dir);
	if (err)
		p_err("cannot pin the BPF maps in %s: %s", pins_nnp.new_dir,
		      strerror(-err));
	if (err || pins_attach(&pins_nnp, bpf->obj) || switch_on(bpf) ||
	    pins_commit(&pins_nnp)) {
		pins_discard(&pins_nnp);
		return -1;
	}
	/* Drop the former one. */
	if (pins_settle(&pins_nnp, &set) < 0)
		return -1;
	attached_close(&set);
	return 0;
}

/*
 * The same programs are in force already.  They stay: an exec that is past the
 * place where others would be attached would be decided by no program.  @list
 * is the complete new list, for which there is room.
 */
static int extend(const struct attached *set, int list)
{
	const int current = attached_map(set, "exempt");

	cgroupfs_prune(current);
	return copy_list(list, current);
}

static int put_in_force(const struct nnp_bpf *bpf, char *const *cgroups,
			size_t count, const struct attached *set, int state)
{
	const int list = bpf_map__fd(bpf->maps.exempt);

	if ((state > PINS_NONE && take_over_list(set, list)) ||
	    exempt_all(list, cgroups, count))
		return -1;
	if (state > PINS_NONE && attached_same(set, bpf->obj))
		return extend(set, list);
	if (state == PINS_STUCK)
		return p_err("cannot load the no_new_privs rule: an exec is still inside the BPF programs that another build of execlock loaded: try again when that exec is over");
	return pin_and_attach(bpf);
}

int nnp_rule_load(char *const *cgroups, size_t count)
{
	struct attached set = {};
	struct nnp_bpf *bpf;
	int state, err;

	state = pins_settle(&pins_nnp, &set);
	if (state < 0)
		return -1;
	bpf = nnp_bpf__open();
	err = bpf && !memory_load(bpf->skeleton) ?
	      put_in_force(bpf, cgroups, count, &set, state) :
	      features_report_refused("nnp on");
	attached_close(&set);
	nnp_bpf__destroy(bpf);
	return err;
}
