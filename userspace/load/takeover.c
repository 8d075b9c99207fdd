// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Take over the state of tasks from the programs of another build
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf/execlock.h"
#include "execlock.skel.h"
#include "message.h"
#include "pins.h"
#include "takeover.h"

/* The map of the states of tasks, which outlives sets. */
#define TASKS "confined"

/* Returns 1, one is enough. */
static int warn_parent(const struct node *value, void *data)
{
	node_warn(value, "does not hold for processes that run already: an incompatible build of execlock loaded the former policies");
	return 1;
}

static void warn_not_taken_over(const struct verified *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (policy_values(&set->policies[i], EXECLOCK_PARENT,
				  warn_parent, NULL))
			return;
}

/* Whether a map of the other build can be used as this one. */
static bool is_like(const struct bpf_map *map, int fd)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	return fd >= 0 && !bpf_map_get_info_by_fd(fd, &info, &size) &&
	       info.type == bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map) &&
	       info.max_entries == bpf_map__max_entries(map);
}

/* One map alone means nothing. */
static int share_rulesets(const struct execlock_bpf *bpf)
{
	const int rulesets = pins_try(&pins_policies, "rulesets");
	const int slots = pins_try(&pins_policies, "live_slots");
	int err = 0;

	if (is_like(bpf->maps.rulesets, rulesets) &&
	    is_like(bpf->maps.live_slots, slots))
		err = bpf_map__reuse_fd(bpf->maps.rulesets, rulesets) ?:
		      bpf_map__reuse_fd(bpf->maps.live_slots, slots);
	if (rulesets >= 0)
		close(rulesets);
	if (slots >= 0)
		close(slots);
	return err ? p_err("cannot use the rulesets that another build of execlock loaded: %s",
			   strerror(-err)) : 0;
}

int takeover_prepare(const struct execlock_bpf *bpf,
		     const struct verified *set)
{
	const int map = pins_try(&pins_policies, TASKS);
	const bool fits = map >= 0 &&
			  pins_fits(map, sizeof(int),
				    sizeof(struct execlock_task));
	int err;

	if (map >= 0 && !fits)
		warn_not_taken_over(set);
	if (fits)
		err = bpf_map__reuse_fd(bpf->maps.former, map);
	else
		err = bpf_map__set_autocreate(bpf->maps.former, false) ?:
		      bpf_program__set_autoload(bpf->progs.take_over, false);
	if (map >= 0)
		close(map);
	if (err)
		return p_err("cannot prepare the BPF program \"take_over\": %s",
			     strerror(-err));
	return share_rulesets(bpf);
}

int takeover_run(const struct execlock_bpf *bpf)
{
	const struct bpf_program *const program = bpf->progs.take_over;
	struct bpf_link *link;
	int iter, err;
	char byte;

	if (!bpf_program__autoload(program))
		return 0;
	link = bpf_program__attach_iter(program, NULL);
	iter = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	/* There is nothing to be read, but the end comes after all tasks. */
	err = iter < 0 ? -1 : read(iter, &byte, sizeof(byte));
	if (err)
		p_err("cannot take over the policies of running processes: %s",
		      strerror(errno == EAGAIN ? ENOMEM : errno));
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err;
}
