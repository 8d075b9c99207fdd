// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put a policy set in force
 *
 * In this order: everything that can fail is done beside the set in force; the
 * maps are filled before the first program is attached; the former set goes
 * when the new one is complete.
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "execlock.skel.h"
#include "identify.h"
#include "loader.h"
#include "message.h"
#include "pins.h"

/* What is being loaded. */
struct loading {
	struct execlock_bpf *bpf;
	const struct policy *policies;
	size_t count;
	__u32 index;		/* of the current policy */
};

/* Counts executables. */
static int count_one(const struct node *path, void *data)
{
	unsigned int *const count = data;

	(*count)++;
	return 0;
}

static int set_sizes(const struct loading *loading, int map_type)
{
	struct execlock_bpf *const bpf = loading->bpf;
	unsigned int executables = 0;
	size_t i;

	for (i = 0; i < loading->count; i++)
		policy_executables(&loading->policies[i], count_one,
				   &executables);
	if (bpf_map__set_type(bpf->maps.rulesets, map_type) ||
	    bpf_map__set_max_entries(bpf->maps.rulesets, loading->count) ||
	    bpf_map__set_max_entries(bpf->maps.policies, loading->count) ||
	    bpf_map__set_max_entries(bpf->maps.executables, executables))
		return p_err("cannot set the sizes of the BPF maps: %s",
			     strerror(errno));
	return 0;
}

/* Maps the file to the current policy, unless another policy has it. */
static int add_file(const struct loading *loading, const struct node *node,
		    const struct execlock_file *file)
{
	struct bpf_map *const map = loading->bpf->maps.executables;
	const char *const path = json_string_value(node->json);
	__u32 other;

	if (!bpf_map__update_elem(map, file, sizeof(*file), &loading->index,
				  sizeof(loading->index), BPF_NOEXIST))
		return 0;
	if (errno != EEXIST ||
	    bpf_map__lookup_elem(map, file, sizeof(*file), &other,
				 sizeof(other), 0))
		return p_err("cannot store %s in a BPF map: %s", path,
			     strerror(errno));
	if (other == loading->index)
		/* Another name of the same file, like /bin and /usr/bin. */
		return 0;
	node_err(node,
		 "%s belongs to policy \"%s\" already, and one file can have one policy",
		 path, loading->policies[other].name);
	return LOADER_BAD_POLICY;
}

static int add_executable_fd(const struct loading *loading,
			     const struct node *node, int fd)
{
	const char *const path = json_string_value(node->json);
	struct execlock_file file;
	struct stat st;

	if (fstat(fd, &st))
		return p_err("cannot stat %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111)) {
		node_err(node, "%s is not an executable file", path);
		return LOADER_BAD_POLICY;
	}
	if (identify(loading->bpf->progs.identify, fd, &file))
		return p_err("cannot learn the inode number of %s: %s", path,
			     strerror(errno));
	return add_file(loading, node, &file);
}

static int add_executable(const struct node *node, void *data)
{
	const struct loading *const loading = data;
	const char *const path = json_string_value(node->json);
	int fd, err;

	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		node_err(node, "cannot open %s: %s", path, strerror(errno));
		return LOADER_BAD_POLICY;
	}
	err = add_executable_fd(loading, node, fd);
	close(fd);
	return err;
}

static int add_policy(struct loading *loading, const struct policy *policy,
		      int ruleset)
{
	const __u32 *const index = &loading->index;
	const struct execlock_ruleset slot = { .ruleset_fd = ruleset };
	struct execlock_policy entry = {
		.flags = policy->flags,
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
	};

	/* The parser checked that it fits. */
	snprintf(entry.name, sizeof(entry.name), "%s", policy->name);
	if (bpf_map__update_elem(loading->bpf->maps.policies, index,
				 sizeof(*index), &entry, sizeof(entry),
				 BPF_ANY))
		return p_err("cannot store policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));
	if (bpf_map__update_elem(loading->bpf->maps.rulesets, index,
				 sizeof(*index), &slot, sizeof(slot), BPF_ANY))
		return p_err("cannot store the ruleset of policy \"%s\" in a BPF map: %s",
			     policy->name, strerror(errno));
	return policy_executables(policy, add_executable, loading);
}

static int fill(struct loading *loading, const int *rulesets)
{
	int err = 0;

	for (loading->index = 0; !err && loading->index < loading->count;
	     loading->index++)
		err = add_policy(loading, &loading->policies[loading->index],
				 rulesets[loading->index]);
	return err;
}

static int pin_maps(const struct execlock_bpf *bpf)
{
	if (bpf_map__pin(bpf->maps.executables, PINS_NEW_DIR "/executables") ||
	    bpf_map__pin(bpf->maps.policies, PINS_NEW_DIR "/policies") ||
	    bpf_map__pin(bpf->maps.rulesets, PINS_NEW_DIR "/rulesets"))
		return p_err("cannot pin a BPF map in " PINS_NEW_DIR ": %s",
			     strerror(errno));
	return 0;
}

/* Attaches the programs that confine, all but the one that identifies. */
static int attach_all(const struct execlock_bpf *bpf)
{
	struct bpf_program *program;
	char path[sizeof(PINS_NEW_DIR) + 64];

	bpf_object__for_each_program(program, bpf->obj) {
		const char *const name = bpf_program__name(program);
		struct bpf_link *link;
		int err;

		if (bpf_program__type(program) != BPF_PROG_TYPE_LSM)
			continue;
		link = bpf_program__attach_lsm(program);
		if (!link)
			return p_err("cannot attach BPF program \"%s\": %s",
				     name, strerror(errno));
		snprintf(path, sizeof(path), PINS_NEW_DIR "/%s", name);
		err = bpf_link__pin(link, path);
		if (err)
			p_err("cannot pin %s: %s", path, strerror(-err));
		/* From now on, it lives by its pin. */
		bpf_link__destroy(link);
		if (err)
			return -1;
	}
	return 0;
}

static int load_all(struct loading *loading, const int *rulesets, int map_type)
{
	int err;

	if (set_sizes(loading, map_type))
		return -1;
	if (execlock_bpf__load(loading->bpf)) {
		p_err("the kernel refuses the BPF programs: %s (\"execlock --verbose load ...\" shows why)",
		      strerror(errno));
		return -1;
	}
	err = fill(loading, rulesets);
	if (err)
		return err;
	if (pins_prepare())
		return -1;
	if (pin_maps(loading->bpf) || attach_all(loading->bpf) || pins_commit()) {
		pins_discard();
		return -1;
	}
	/* Drop the former set. */
	return pins_discard();
}

int loader_load(const struct policy *policies, const int *rulesets,
		size_t count, const struct kernel *kernel)
{
	struct loading loading = {
		.policies = policies,
		.count = count,
	};
	int err;

	if (pins_lock())
		return -1;
	loading.bpf = execlock_bpf__open();
	if (!loading.bpf)
		return p_err("cannot prepare the BPF programs: %s",
			     strerror(errno));
	err = load_all(&loading, rulesets, kernel->map_type);
	execlock_bpf__destroy(loading.bpf);
	return err;
}
