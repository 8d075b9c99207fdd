// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The no_new_privs rule ("execlock nnp") in the kernel
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "bpf/nnp.h"
#include "cgroupfs.h"
#include "features.h"
#include "loaded.h"
#include "memory.h"
#include "message.h"
#include "nnp.skel.h"
#include "nnp_paths.h"
#include "nnp_rule.h"
#include "pins.h"

static const __u32 level = NNP_LEVEL;
static const __u8 present = 1;
static const __u32 zero;

/*
 * A rule on its way to be in force.  If the same programs are in force already,
 * they stay: an exec that is past the place where others would be attached would
 * be decided by no program.
 */
struct nnp_rule {
	struct nnp_bpf *bpf;
	/* The set in force, if there is one, and why it is. */
	struct attached set;
	int state;
	__u8 by;
	/* Whether it has the same programs. */
	bool same;
	/* The new list of exempt paths, or -1 if the former one stays. */
	int paths;
	/* Whether the programs are attached, and not in force yet. */
	bool pending;
	/* Whether it is to end, as far as the file asked for it. */
	bool ends;
};

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
	return p_err("cannot end the exemption of cgroup %s: %s", cgroup, strerror(errno));
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

/* Copies both lists of the rule that is in force. */
static int take_over_lists(const struct nnp_rule *rule)
{
	const int former = attached_map(&rule->set, "exempt");
	const int paths = loaded_inner(attached_map(&rule->set,
						    "exempt_paths"), 0);
	int err = 0;

	if (former < 0)
		return p_err("cannot read which cgroups are exempt: another build of execlock loaded the no_new_privs rule: \"execlock nnp clear --all\", then put it in force again");
	if (copy_list(former, bpf_map__fd(rule->bpf->maps.exempt)))
		return -1;
	cgroupfs_prune(bpf_map__fd(rule->bpf->maps.exempt));
	if (paths < 0)
		return 0;
	if (rule->paths < 0 &&
	    bpf_map_update_elem(bpf_map__fd(rule->bpf->maps.exempt_paths),
				&zero, &paths, BPF_ANY))
		err = p_err("cannot copy the paths of exempt cgroups: %s",
			    strerror(errno));
	close(paths);
	return err;
}

static int exempt_all(int list, char *const *cgroups, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (nnp_rule_exempt(list, cgroups[i]))
			return -1;
	return 0;
}

static int pin_and_attach(struct nnp_rule *rule)
{
	int err;

	if (pins_prepare(&pins_nnp))
		return -1;
	rule->pending = true;
	err = bpf_object__pin_maps(rule->bpf->obj, pins_nnp.new_dir);
	if (err)
		return p_err("cannot pin the BPF maps in %s: %s",
			     pins_nnp.new_dir, strerror(-err));
	return pins_attach(&pins_nnp, rule->bpf->obj);
}

/* Why a rule is in force, of enum nnp_by. */
static __u8 read_by(const struct attached *set)
{
	__u8 by = 0;

	bpf_map_lookup_elem(attached_map(set, pins_nnp.map), &level, &by);
	return by;
}

/* Does what can fail. */
static int prepare(struct nnp_rule *rule, char *const *cgroups, size_t count)
{
	rule->state = pins_settle(&pins_nnp, &rule->set);
	if (rule->state < 0)
		return -1;
	rule->bpf = nnp_bpf__open();
	if (!rule->bpf || memory_load(rule->bpf->skeleton))
		return features_report_refused("nnp set");
	if (rule->state > PINS_NONE) {
		rule->by |= read_by(&rule->set);
		rule->same = attached_same(&rule->set, rule->bpf->obj);
		if (take_over_lists(rule))
			return -1;
	}
	if (exempt_all(bpf_map__fd(rule->bpf->maps.exempt), cgroups, count))
		return -1;
	if (rule->same)
		return 0;
	if (rule->state == PINS_STUCK)
		return p_err("cannot load the no_new_privs rule: an exec is still inside the BPF programs that another build of execlock loaded: try again when that exec is over");
	return pin_and_attach(rule);
}

static struct nnp_rule *rule_new(enum nnp_by by)
{
	struct nnp_rule *const rule = calloc(1, sizeof(*rule));

	if (!rule) {
		p_err("out of memory");
		return NULL;
	}
	rule->by = by;
	rule->paths = -1;
	return rule;
}

/* Finds the rule to be ended, and what its end could fail by. */
static int prepare_end(struct nnp_rule *rule)
{
	const int found = pins_find(&pins_nnp, &rule->set);

	if (found < 0)
		return -1;
	rule->ends = true;
	rule->by = found ? read_by(&rule->set) : 0;
	return rule->by == NNP_BY_FILE ? pins_check(&pins_nnp) : 0;
}

static int prepare_paths(struct nnp_rule *rule, const json_t *paths)
{
	rule->paths = nnp_paths_create(paths);
	return rule->paths < 0 ? -1 : prepare(rule, NULL, 0);
}

struct nnp_rule *nnp_rule_prepare(const json_t *paths)
{
	struct nnp_rule *const rule = rule_new(NNP_BY_FILE);

	if (rule && !(paths ? prepare_paths(rule, paths) : prepare_end(rule)))
		return rule;
	nnp_rule_free(rule);
	return NULL;
}

/* The lists first: then nobody who is exempt is denied anything. */
static int switch_on(const struct nnp_rule *rule, int paths, int levels)
{
	if (rule->paths >= 0 &&
	    bpf_map_update_elem(paths, &zero, &rule->paths, BPF_ANY))
		return p_err("cannot exempt the paths of cgroups: %s",
			     strerror(errno));
	if (bpf_map_update_elem(levels, &level, &rule->by, BPF_ANY))
		return p_err("cannot put the no_new_privs rule in force: %s",
			     strerror(errno));
	return 0;
}

/*
 * The list of the programs that stay grows to the new one, which has room.  It
 * has the same cgroups if a file asks for the rule, which only names paths.
 */
static int extend(const struct nnp_rule *rule)
{
	const int current = attached_map(&rule->set, "exempt");

	cgroupfs_prune(current);
	if (rule->paths < 0 &&
	    copy_list(bpf_map__fd(rule->bpf->maps.exempt), current))
		return -1;
	return switch_on(rule, attached_map(&rule->set, "exempt_paths"),
			 attached_map(&rule->set, pins_nnp.map));
}

/* The rule stays in force without the paths, because a command asked for it. */
static int leave_to_command(const struct attached *set)
{
	const __u8 by = NNP_BY_COMMAND;

	bpf_map_delete_elem(attached_map(set, "exempt_paths"), &zero);
	if (bpf_map_update_elem(attached_map(set, pins_nnp.map), &level, &by,
				BPF_ANY))
		return p_err("cannot change the no_new_privs rule: %s",
			     strerror(errno));
	return 1;
}

/* Ends the rule as far as the file asked for it.  Returns 1 if something ended. */
static int end(const struct nnp_rule *rule)
{
	if (!(rule->by & NNP_BY_FILE))
		return 0;
	return rule->by & NNP_BY_COMMAND ? leave_to_command(&rule->set) :
					   pins_remove(&pins_nnp);
}

int nnp_rule_enforce(struct nnp_rule *rule)
{
	if (rule->ends)
		return end(rule);
	if (rule->same)
		return extend(rule);
	if (switch_on(rule, bpf_map__fd(rule->bpf->maps.exempt_paths),
		      bpf_map__fd(rule->bpf->maps.levels)) ||
	    pins_commit(&pins_nnp))
		return -1;
	rule->pending = false;
	pins_drop_former(&pins_nnp);
	return 0;
}

void nnp_rule_free(struct nnp_rule *rule)
{
	if (!rule)
		return;
	if (rule->pending)
		pins_discard(&pins_nnp);
	if (rule->paths >= 0)
		close(rule->paths);
	attached_close(&rule->set);
	nnp_bpf__destroy(rule->bpf);
	free(rule);
}

int nnp_rule_load(char *const *cgroups, size_t count)
{
	struct nnp_rule *const rule = rule_new(NNP_BY_COMMAND);
	int err;

	if (!rule)
		return -1;
	err = prepare(rule, cgroups, count) || nnp_rule_enforce(rule) ? -1 : 0;
	nnp_rule_free(rule);
	return err;
}
