// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Features of the running kernel
 */

#include <bpf/btf.h>
#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "features.h"
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

/* A bit for each capability that can be used over user namespaces. */
#define USERNS_MASK "/proc/sys/kernel/cap_bound_userns_mask"

bool features_userns_mask(unsigned long long *mask)
{
	FILE *const file = fopen(USERNS_MASK, "re");
	const bool found = file && fscanf(file, "%llx", mask) == 1;

	if (file)
		fclose(file);
	return found;
}

/* Remembers the first error: a feature that cannot be probed may be there. */
static void set_error(struct features *kernel, const char *doing, int error)
{
	if (kernel->error)
		return;
	kernel->doing = doing;
	kernel->error = error;
}

/* The kernel checks flags first: an unknown flag is EINVAL. */
static bool has_flag(struct features *kernel, __u32 flag)
{
	if (!landlock_restrict_self(-1, flag) || errno == EBADF ||
	    errno == EPERM)
		return true;
	if (errno != EINVAL && errno != EOPNOTSUPP && errno != ENOSYS)
		set_error(kernel, "determine the features of Landlock", errno);
	return false;
}

/* The kernel looks at the type of a rule first, and then at the rule. */
static bool has_places(struct features *kernel)
{
	static const struct ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE,
	};
	int fd, err;

	if (!kernel->landlock_abi)
		return false;
	fd = landlock_create_ruleset(&attr, sizeof(attr), 0);
	if (fd < 0) {
		set_error(kernel, "make a ruleset of Landlock", errno);
		return false;
	}
	err = landlock_add_rule(fd, RULE_PLACE, NULL, 0) ? errno : 0;
	close(fd);
	if (err != EFAULT && err != EINVAL)
		set_error(kernel, "determine the types of rules of Landlock",
			  err);
	return err == EFAULT;
}

void features_ask_landlock(struct features *kernel)
{
	int abi;

	memset(kernel, 0, sizeof(*kernel));
	abi = landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi > 0)
		kernel->landlock_abi = abi;
	else if (errno == EOPNOTSUPP)
		kernel->landlock_off = true;
	else if (errno != ENOSYS)
		set_error(kernel, "determine the version of Landlock", errno);
	kernel->exectime = has_flag(kernel, LANDLOCK_RESTRICT_SELF_EXECTIME);
	kernel->permissive =
		has_flag(kernel, LANDLOCK_RESTRICT_SELF_PERMISSIVE);
	kernel->places = has_places(kernel);
}

static bool has_bpf_lsm(struct features *kernel)
{
	__u64 ids[MAX_LSMS];
	__u32 size = sizeof(ids);
	long i, count;

	count = syscall(__NR_lsm_list_modules, ids, &size, 0);
	if (count < 0 && errno != ENOSYS)
		set_error(kernel, "list the security modules", errno);
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

static bool has_login(const struct btf *btf)
{
	const struct btf_member *member;
	const struct btf_type *type;
	__u32 i;
	int id;

	id = btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT);
	if (id < 0)
		return false;
	type = btf__type_by_id(btf, id);
	member = btf_members(type);
	for (i = 0; i < btf_vlen(type); i++, member++)
		if (strcmp(btf__name_by_offset(btf, member->name_off),
			   "loginuid") == 0)
			return true;
	return false;
}

static bool has_function(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

void features_ask_bpf(struct features *kernel)
{
	struct btf *btf;

	kernel->bpf_lsm = has_bpf_lsm(kernel);
	btf = btf__load_vmlinux_btf();
	if (!btf) {
		/* The kernel has none, or sysfs is not mounted. */
		if (errno == ESRCH || errno == ENOENT)
			kernel->no_types = true;
		else
			set_error(kernel, "read the types of the kernel (BTF)",
				  errno);
		return;
	}
	kernel->map_type = find_map_type(btf);
	kernel->restrict_binprm =
		has_function(btf, "bpf_landlock_restrict_binprm");
	kernel->live = has_function(btf, "bpf_lsm_policy_replace");
	kernel->no_new_privs = has_function(btf, "bpf_bprm_set_no_new_privs");
	kernel->userns_caps =
		has_function(btf, "bpf_bprm_drop_userns_caps") &&
		has_function(btf, "bpf_userns_drop_caps");
	kernel->login = has_login(btf);
	btf__free(btf);
}

bool features_can_be_quiet(const struct features *kernel)
{
	return kernel->landlock_abi >= LANDLOCK_ABI_QUIET;
}

bool features_can_run(const struct features *kernel)
{
	return kernel->landlock_abi && kernel->exectime;
}

bool features_can_load(const struct features *kernel)
{
	return features_can_run(kernel) && kernel->bpf_lsm &&
	       kernel->map_type && kernel->restrict_binprm &&
	       kernel->no_new_privs;
}

int features_asked(const struct features *kernel)
{
	if (!kernel->error)
		return STATUS_OK;
	p_err("cannot %s: %s", kernel->doing, strerror(kernel->error));
	return STATUS_FAILED;
}

/* Reports a missing feature, or why it is unknown.  Returns the exit status. */
static int lacks(const struct features *kernel, const char *text)
{
	if (features_asked(kernel))
		return STATUS_FAILED;
	p_err("%s", text);
	return STATUS_KERNEL;
}

int features_need_exectime(const struct features *kernel)
{
	if (kernel->landlock_off)
		return lacks(kernel, "Landlock is switched off: add \"landlock\" to the \"lsm=\" list of the kernel's command line");
	if (!kernel->landlock_abi)
		return lacks(kernel, "this kernel has no Landlock: "
				     BOOT_EXECLOCK);
	if (!kernel->exectime)
		return lacks(kernel, "this kernel cannot stage a Landlock domain for the next exec: "
				     BOOT_EXECLOCK);
	return STATUS_OK;
}

static int need_bpf_lsm(const struct features *kernel)
{
	if (kernel->bpf_lsm)
		return STATUS_OK;
	return lacks(kernel, "BPF programs cannot be LSM hooks: add \"bpf\" to the \"lsm=\" list of the kernel's command line");
}

static int need_types(const struct features *kernel)
{
	if (!kernel->no_types)
		return STATUS_OK;
	return lacks(kernel, "the types of the kernel (BTF) are not in /sys/kernel/btf: mount sysfs on /sys, or build the kernel with CONFIG_DEBUG_INFO_BTF");
}

int features_need_bpf(const struct features *kernel)
{
	int status;

	status = features_need_exectime(kernel);
	if (!status)
		status = need_types(kernel);
	if (status)
		return status;
	if (!kernel->map_type || !kernel->restrict_binprm)
		return lacks(kernel, "this kernel does not let BPF programs stage Landlock domains: "
				     BOOT_EXECLOCK);
	return need_bpf_lsm(kernel);
}

int features_need_nnp(const struct features *kernel)
{
	const int status = need_types(kernel);

	if (status)
		return status;
	if (!kernel->no_new_privs)
		return lacks(kernel, "this kernel does not let BPF programs deny new privileges: "
				     BOOT_EXECLOCK);
	return need_bpf_lsm(kernel);
}

int features_need_login(const struct features *kernel)
{
	if (kernel->login)
		return STATUS_OK;
	return lacks(kernel, "this kernel does not record the login user, which \"login\" needs: boot a kernel with CONFIG_AUDIT");
}

int features_report_refused(const char *command)
{
	switch (errno) {
	case EPERM:
		/* Other security modules refuse root, and so does the guard. */
		return p_err("the kernel refuses the BPF programs: %s (this needs %s)",
			     strerror(EPERM), geteuid() ? "root" :
			     "CAP_SYS_ADMIN and, under a policy, that the policy says \"managesPolicies\": true");
	case ENOMEM:
		return p_err("cannot load the BPF programs: out of memory");
	default:
		return p_err("the kernel refuses the BPF programs: %s (\"execlock --verbose %s\" shows why)",
			     strerror(errno), command);
	}
}
