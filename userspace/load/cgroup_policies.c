// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies of cgroups ("execlock cgroup") in the kernel
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"
#include "bpffs.h"
#include "cgroup.skel.h"
#include "cgroup_policies.h"
#include "cgroupfs.h"
#include "features.h"
#include "lock.h"
#include "memory.h"
#include "message.h"
#include "pins.h"

/* The command to repeat with --verbose. */
#define COMMAND "cgroup set ..."

/* Lets the kernel take a reference to the ruleset, and store it. */
static int store_policy(int program, struct cgroup_request *request)
{
	LIBBPF_OPTS(bpf_test_run_opts, options,
		    .ctx_in = request,
		    .ctx_size_in = sizeof(*request));

	if (bpf_prog_test_run_opts(program, &options))
		return p_err("cannot run the BPF program that stores policies: %s",
			     strerror(errno));
	switch (-(int)options.retval) {
	case 0:
		return 0;
	case E2BIG:
		return p_err("cannot store policy \"%s\": %d cgroups have a policy already, the most that can",
			     request->name, CGROUP_MAX);
	case EBADF:
		return p_err("the kernel cannot take the ruleset of policy \"%s\": out of memory",
			     request->name);
	default:
		return p_err("cannot store policy \"%s\" in a BPF map: %s",
			     request->name, strerror(-(int)options.retval));
	}
}

static void program_path(char path[BPFFS_PATH_SIZE], const char *dir)
{
	snprintf(path, BPFFS_PATH_SIZE, "%s/" CGROUP_STORE_PROGRAM, dir);
}

/* The policy is there before the first program is attached. */
static int pin_and_attach(const struct cgroup_bpf *bpf,
			  struct cgroup_request *request)
{
	char path[BPFFS_PATH_SIZE];
	int err;

	if (store_policy(bpf_program__fd(bpf->progs.store_policy), request) ||
	    pins_prepare(&pins_cgroups))
		return -1;
	err = bpf_object__pin_maps(bpf->obj, pins_cgroups.new_dir);
	if (!err) {
		program_path(path, pins_cgroups.new_dir);
		err = bpf_program__pin(bpf->progs.store_policy, path);
	}
	if (err)
		p_err("cannot pin BPF maps and programs in %s: %s",
		      pins_cgroups.new_dir, strerror(-err));
	if (err || pins_attach(&pins_cgroups, bpf->obj) ||
	    pins_commit(&pins_cgroups)) {
		pins_discard(&pins_cgroups);
		return -1;
	}
	pins_drop_former(&pins_cgroups);
	return 0;
}

int cgroup_policies_any(void)
{
	struct attached set;
	int found;

	found = pins_find(&pins_cgroups, &set);
	if (found <= 0)
		return found;
	attached_close(&set);
	return set.in_force;
}

int cgroup_policies_open(void)
{
	const int map = pins_open(&pins_cgroups, "cgroups");

	if (map < 0 || pins_fits(map, sizeof(__u64),
				 sizeof(struct cgroup_policy)))
		return map;
	close(map);
	return p_err("another version of execlock set the policies of cgroups: \"execlock cgroup clear --all\", then set them again");
}

/* Loads the programs, with the first policy. */
static int set_first(struct cgroup_request *request)
{
	struct cgroup_bpf *bpf;
	int err;

	bpf = cgroup_bpf__open();
	if (!bpf || memory_load(bpf->skeleton))
		return features_report_refused(COMMAND);
	err = pin_and_attach(bpf, request);
	cgroup_bpf__destroy(bpf);
	return err;
}

/* Opens the pinned program that stores policies, or loads it again. */
static int open_program(struct cgroup_bpf *bpf, int map)
{
	char path[BPFFS_PATH_SIZE];
	int program;

	program_path(path, pins_cgroups.dir);
	program = bpf_obj_get(path);
	if (program >= 0)
		return program;
	/* The pin was removed; the programs that enforce are still attached. */
	bpf_program__set_autoload(bpf->progs.confine, false);
	if (bpf_map__reuse_fd(bpf->maps.cgroups, map) || cgroup_bpf__load(bpf))
		return features_report_refused(COMMAND);
	program = bpf_program__fd(bpf->progs.store_policy);
	if (bpf_obj_pin(program, path))
		return p_err("cannot pin %s: %s", path, strerror(errno));
	return fcntl(program, F_DUPFD_CLOEXEC, 0);
}

/* Adds a policy to those in force, whose programs stay attached. */
static int set_next(struct cgroup_request *request)
{
	struct cgroup_bpf *const bpf = cgroup_bpf__open();
	const int map = bpf ? cgroup_policies_open() :
			      features_report_refused(COMMAND);
	int program, err;

	if (map < 0)
		return -1;
	/* Make room. */
	cgroupfs_prune(map);
	program = open_program(bpf, map);
	err = program < 0 ? -1 : store_policy(program, request);
	if (program >= 0)
		close(program);
	close(map);
	cgroup_bpf__destroy(bpf);
	return err;
}

int cgroup_policies_set(const char *cgroup, struct cgroup_request *request)
{
	struct attached set;
	int state;

	if (lock_take() || cgroupfs_number(cgroup, &request->cgroup) ||
	    cgroupfs_check_level(cgroup, request->cgroup))
		return -1;
	state = pins_settle(&pins_cgroups, &set);
	if (state < 0)
		return -1;
	if (state == PINS_NONE)
		return set_first(request);
	attached_close(&set);
	return set_next(request);
}

/* Without a policy, the programs have no purpose. */
static int unload_unused(int map)
{
	__u64 number;

	cgroupfs_prune(map);
	if (!bpf_map_get_next_key(map, NULL, &number))
		return 0;
	return pins_remove(&pins_cgroups) < 0 ? -1 : 0;
}

int cgroup_policies_prune(void)
{
	int map, err;

	if (lock_take())
		return -1;
	err = cgroup_policies_any();
	if (err <= 0)
		return err;
	map = pins_open(&pins_cgroups, "cgroups");
	if (map < 0)
		return -1;
	err = unload_unused(map);
	close(map);
	return err;
}

int cgroup_policies_clear(const char *cgroup)
{
	__u64 number;
	int map, err;

	if (lock_take() || cgroupfs_number(cgroup, &number))
		return -1;
	err = cgroup_policies_any();
	if (err < 0)
		return -1;
	if (err == 0)
		return p_err("cgroup %s has no policy", cgroup);
	map = pins_open(&pins_cgroups, "cgroups");
	if (map < 0)
		return -1;
	if (!bpf_map_delete_elem(map, &number))
		err = unload_unused(map);
	else if (errno == ENOENT)
		err = p_err("cgroup %s has no policy", cgroup);
	else
		err = p_err("cannot clear the policy of cgroup %s: %s", cgroup,
			    strerror(errno));
	close(map);
	return err;
}

int cgroup_policies_clear_all(void)
{
	return lock_take() ? -1 : pins_remove(&pins_cgroups);
}
