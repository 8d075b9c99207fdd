// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The default bound on capabilities in user namespaces
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "bpf/userns_rule.h"
#include "bpffs.h"
#include "features.h"
#include "memory.h"
#include "message.h"
#include "pins.h"
#include "userns.skel.h"
#include "userns_default.h"

struct userns_default {
	struct userns_bpf *bpf;
	/* What makes exempt_running() run when it is read. */
	int iter;
	/* Whether the programs are attached, and not in force yet. */
	bool pending;
};

/* Has the programs use the maps of those that confine, but for the rule. */
static int use_maps(const struct userns_bpf *bpf, userns_default_map find_map,
		    void *data)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, bpf->obj) {
		const char *const name = bpf_map__name(map);
		int fd;

		if (bpf_map__is_internal(map) || map == bpf->maps.userns_rule)
			continue;
		fd = find_map(name, data);
		if (fd < 0 || bpf_map__reuse_fd(map, fd))
			return p_err("cannot use the BPF map \"%s\" of the policies: %s",
				     name, strerror(errno));
	}
	return 0;
}

static int pin_and_attach(const struct userns_bpf *bpf)
{
	char path[BPFFS_PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", pins_userns.new_dir,
		 pins_userns.map);
	if (bpf_map__pin(bpf->maps.userns_rule, path))
		return p_err("cannot pin %s: %s", path, strerror(errno));
	return pins_attach(&pins_userns, bpf->obj);
}

static int open_iter(const struct bpf_program *program)
{
	struct bpf_link *const link = bpf_program__attach_iter(program, NULL);
	const int iter = link ? bpf_iter_create(bpf_link__fd(link)) : -1;

	if (iter < 0)
		p_err("cannot prepare to exempt programs that run already: %s",
		      strerror(errno));
	bpf_link__destroy(link);
	return iter;
}

static int prepare(struct userns_default *prepared, userns_default_map find_map,
		   void *data)
{
	struct attached former = {};

	prepared->bpf = userns_bpf__open();
	if (!prepared->bpf)
		return p_err("cannot prepare the BPF programs: %s",
			     strerror(errno));
	/* It only runs while this default is loaded. */
	bpf_program__set_autoattach(prepared->bpf->progs.exempt_running, false);
	if (use_maps(prepared->bpf, find_map, data))
		return -1;
	if (memory_load(prepared->bpf->skeleton))
		return features_report_refused("load ...");
	/* The rest of a load that was killed. */
	if (pins_settle(&pins_userns, &former) < 0)
		return -1;
	attached_close(&former);
	prepared->iter = open_iter(prepared->bpf->progs.exempt_running);
	if (prepared->iter < 0 || pins_prepare(&pins_userns))
		return -1;
	prepared->pending = true;
	return pin_and_attach(prepared->bpf);
}

struct userns_default *userns_default_prepare(userns_default_map find_map,
					      void *data)
{
	struct userns_default *const prepared = calloc(1, sizeof(*prepared));

	if (!prepared) {
		p_err("out of memory");
		return NULL;
	}
	prepared->iter = -1;
	if (!prepare(prepared, find_map, data))
		return prepared;
	userns_default_free(prepared);
	return NULL;
}

/*
 * Tasks that run since before are known by the files that they executed.  The
 * policies are in force by now: without memory for this, the default must be
 * too, or programs had more than these policies say.
 */
static void exempt_running(int iter)
{
	char byte;

	/* There is nothing to be read, but the end comes after all tasks. */
	if (read(iter, &byte, sizeof(byte)))
		p_warn("some programs that run already are not exempt from the default of user namespaces until they are executed again: %s",
		       strerror(errno == EAGAIN ? ENOMEM : errno));
}

int userns_default_enforce(struct userns_default *prepared, __u64 lost)
{
	const struct userns_bpf *const bpf = prepared->bpf;
	const struct userns_rule rule = { .lost = lost };
	const __u32 zero = 0;

	exempt_running(prepared->iter);
	if (bpf_map__update_elem(bpf->maps.userns_rule, &zero, sizeof(zero),
				 &rule, sizeof(rule), BPF_ANY))
		return p_err("cannot put the default of user namespaces in force: %s",
			     strerror(errno));
	if (pins_commit(&pins_userns))
		return -1;
	prepared->pending = false;
	pins_drop_former(&pins_userns);
	return 0;
}

int userns_default_read(__u64 *lost)
{
	const __u32 zero = 0;
	struct userns_rule rule;
	struct attached set;
	int found;

	found = pins_find(&pins_userns, &set);
	if (found <= 0)
		return found;
	if (!bpf_map_lookup_elem(attached_map(&set, pins_userns.map), &zero,
				 &rule))
		*lost = rule.lost;
	else
		found = 0;
	attached_close(&set);
	return found;
}

int userns_default_remove(void)
{
	return pins_remove(&pins_userns);
}

void userns_default_free(struct userns_default *prepared)
{
	if (!prepared)
		return;
	if (prepared->pending)
		pins_discard(&pins_userns);
	if (prepared->iter >= 0)
		close(prepared->iter);
	userns_bpf__destroy(prepared->bpf);
	free(prepared);
}
