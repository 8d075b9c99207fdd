// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What the running kernel can do
 */

#include <bpf/btf.h>
#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <string.h>

#include "kernel.h"
#include "landlock_abi.h"
#include "message.h"

/* From <linux/lsm.h>, which only recent headers have. */
#define LSM_ID_BPF_KNOWN 109
#ifndef __NR_lsm_list_modules
#define __NR_lsm_list_modules 461
#endif

/* More than there are LSMs. */
#define MAX_LSMS 64

#define BOOT_EXECLOCK \
	"boot a kernel with the execlock patches (\"execlock features\" shows what is missing)"

void kernel_landlock(struct kernel *kernel)
{
	const int abi = landlock_create_ruleset(NULL, 0,
						LANDLOCK_CREATE_RULESET_VERSION);

	kernel->landlock_abi = abi > 0 ? abi : 0;
	/* Flags are checked first: without the flag, it is EINVAL. */
	kernel->exectime =
		landlock_restrict_self(-1, LANDLOCK_RESTRICT_SELF_EXECTIME) &&
		(errno == EBADF || errno == EPERM);
}

static bool has_bpf_lsm(void)
{
	__u64 ids[MAX_LSMS];
	__u32 size = sizeof(ids);
	long i, count;

	count = syscall(__NR_lsm_list_modules, ids, &size, 0);
	for (i = 0; i < count; i++)
		if (ids[i] == LSM_ID_BPF_KNOWN)
			return true;
	return false;
}

/* The number may differ from one kernel to the next, the name does not. */
static int find_map_type(const struct btf *btf)
{
	const struct btf_enum *value;
	const struct btf_type *type;
	__u32 i;
	int id;

	id = btf__find_by_name_kind(btf, "bpf_map_type", BTF_KIND_ENUM);
	if (id < 0)
		return 0;
	type = btf__type_by_id(btf, id);
	value = btf_enum(type);
	for (i = 0; i < btf_vlen(type); i++, value++)
		if (strcmp(btf__name_by_offset(btf, value->name_off),
			   "BPF_MAP_TYPE_LANDLOCK_RULESET") == 0)
			return value->val;
	return 0;
}

void kernel_bpf(struct kernel *kernel)
{
	struct btf *btf;

	kernel->bpf_lsm = has_bpf_lsm();
	kernel->map_type = 0;
	kernel->restrict_binprm = false;
	kernel->no_new_privs = false;
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return;
	kernel->map_type = find_map_type(btf);
	kernel->restrict_binprm =
		btf__find_by_name_kind(btf, "bpf_landlock_restrict_binprm",
				       BTF_KIND_FUNC) > 0;
	kernel->no_new_privs =
		btf__find_by_name_kind(btf, "bpf_bprm_set_no_new_privs",
				       BTF_KIND_FUNC) > 0;
	btf__free(btf);
}

int kernel_need_exectime(const struct kernel *kernel)
{
	if (!kernel->landlock_abi) {
		p_err("this kernel has no Landlock, or it is not in the \"lsm=\" list of its command line");
		return -1;
	}
	if (!kernel->exectime)
		return p_err("this kernel cannot stage a Landlock domain for the next exec: "
			     BOOT_EXECLOCK);
	return 0;
}

static int need_bpf_lsm(const struct kernel *kernel)
{
	if (kernel->bpf_lsm)
		return 0;
	p_err("BPF programs cannot be LSM hooks: add \"bpf\" to the \"lsm=\" list of the kernel's command line");
	return -1;
}

int kernel_need_bpf(const struct kernel *kernel)
{
	if (kernel_need_exectime(kernel))
		return -1;
	if (!kernel->map_type || !kernel->restrict_binprm) {
		p_err("this kernel does not let BPF programs stage Landlock domains, or /sys is not mounted: "
		      BOOT_EXECLOCK);
		return -1;
	}
	return need_bpf_lsm(kernel);
}

int kernel_need_nnp(const struct kernel *kernel)
{
	if (!kernel->no_new_privs) {
		p_err("this kernel does not let BPF programs deny new privileges, or /sys is not mounted: "
		      BOOT_EXECLOCK);
		return -1;
	}
	return need_bpf_lsm(kernel);
}
