// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Numbers of accesses that permissive policies would deny
 *
 * The programs are pinned beside the policies.  They enforce nothing, so unlike
 * the policies, they are simply where their pins are.
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/would_deny.h"
#include "bpffs.h"
#include "features.h"
#include "memory.h"
#include "message.h"
#include "pins.h"
#include "would_deny.h"
#include "would_deny.skel.h"

#define DIR PINS_DIR "-would-deny"
#define MAP DIR "/would_deny"

static int pin_program(struct bpf_program *program)
{
	const char *const name = bpf_program__name(program);
	struct bpf_link *const link = bpf_program__attach(program);
	char path[BPFFS_PATH_SIZE];
	int err;

	if (!link)
		return p_err("cannot attach BPF program \"%s\": %s", name,
			     strerror(errno));
	snprintf(path, sizeof(path), DIR "/%s", name);
	err = bpf_link__pin(link, path);
	if (err)
		p_err("cannot pin %s: %s", path, strerror(-err));
	/* The pin keeps it attached. */
	bpf_link__destroy(link);
	return err ? -1 : 0;
}

static int add_rulesets(int map, const struct would_deny *policies)
{
	const __u64 none = 0;
	size_t i;

	for (i = 0; i < policies->count; i++)
		if (bpf_map_update_elem(map, &policies->rulesets[i], &none,
					BPF_NOEXIST) && errno != EEXIST)
			return p_err("cannot store a number in the BPF map \"would_deny\": %s",
				     strerror(errno));
	return 0;
}

/* Domains are noted from now on, so the rulesets come first. */
static int attach(const struct would_deny_bpf *bpf,
		  const struct would_deny *policies)
{
	struct bpf_program *program;

	if (add_rulesets(bpf_map__fd(bpf->maps.would_deny), policies) ||
	    bpffs_create(DIR))
		return -1;
	bpf_object__for_each_program(program, bpf->obj)
		if (pin_program(program))
			return -1;
	/* The last step: without it, the next load begins anew. */
	if (bpf_map__pin(bpf->maps.would_deny, MAP))
		return p_err("cannot pin %s: %s", MAP, strerror(errno));
	return 0;
}

static int load(const struct would_deny *policies)
{
	struct would_deny_bpf *const bpf = would_deny_bpf__open();
	int err;

	if (!bpf || memory_load(bpf->skeleton))
		err = features_report_refused("load ...");
	else
		err = attach(bpf, policies);
	would_deny_bpf__destroy(bpf);
	return err;
}

static int stop(void)
{
	return bpffs_is_own(DIR) ? bpffs_remove(DIR) : 0;
}

int would_deny_add(const struct would_deny *policies)
{
	static const char *const dirs[] = { DIR, NULL };
	int map, err;

	/* Also for would_deny_settle(), which removes it without policies. */
	if (bpffs_check(dirs))
		return -1;
	if (!policies->count)
		return 0;
	map = would_deny_open();
	if (map >= 0) {
		err = add_rulesets(map, policies);
		close(map);
		return err;
	}
	err = stop() ?: load(policies);
	if (err)
		stop();
	return err;
}

static bool is_one_of(const struct would_deny *policies, __u64 ruleset)
{
	size_t i;

	for (i = 0; i < policies->count; i++)
		if (policies->rulesets[i] == ruleset)
			return true;
	return false;
}

int would_deny_settle(const struct would_deny *policies)
{
	__u64 rulesets[WOULD_DENY_RULESETS], *previous = NULL;
	size_t count = 0;
	int map;

	if (!policies->count)
		return stop();
	map = would_deny_open();
	if (map < 0)
		return 0;
	while (count < WOULD_DENY_RULESETS &&
	       !bpf_map_get_next_key(map, previous, &rulesets[count]))
		previous = &rulesets[count++];
	while (count--)
		if (!is_one_of(policies, rulesets[count]))
			bpf_map_delete_elem(map, &rulesets[count]);
	close(map);
	return 0;
}

int would_deny_open(void)
{
	const int map = bpf_obj_get(MAP);

	if (map < 0 || pins_fits(map, sizeof(__u64), sizeof(__u64)))
		return map;
	close(map);
	return -1;
}

__u64 would_deny_read(int map, __u64 ruleset)
{
	__u64 number = 0;

	if (map >= 0)
		bpf_map_lookup_elem(map, &ruleset, &number);
	return number;
}
