/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The little that the BPF programs know about kernel types
 *
 * Only the fields that are read: libbpf finds where they really are in the
 * running kernel (CO-RE).  A generated vmlinux.h would do as well, but then
 * execlock could only be built with an execlock kernel at hand.
 */

#ifndef EXECLOCK_KERNEL_TYPES_H
#define EXECLOCK_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <linux/version.h>
#include <bpf/bpf_helpers.h>

#include "provisional.h"

#define CORE __attribute__((preserve_access_index))

/* Newer headers have it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
struct bpf_iter_num {
	__u64 __opaque[1];
} __attribute__((aligned(8)));
#endif

struct seq_file {};

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct user_namespace {
	struct user_namespace *parent;
	int level;
	kuid_t owner;
} CORE;

struct group_info {
	int ngroups;
	kgid_t gid[];
} CORE;

struct capabilities {
	__u64 val;
} CORE;

/* The kernel has @cap_userns with CONFIG_USER_NS_CAPS. */
struct cred {
	kuid_t euid;
	kgid_t egid;
	struct capabilities cap_permitted;
	struct capabilities cap_effective;
	struct capabilities cap_userns;
	struct user_namespace *user_ns;
	struct group_info *group_info;
} CORE;

struct kernfs_node {
	const char *name;
} CORE;

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup *ancestors[];
} CORE;

struct css_set {
	struct cgroup *dfl_cgrp;
} CORE;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} CORE;

struct files_struct {
	struct fdtable *fdt;
} CORE;

struct file;

struct mm_struct {
	struct file *exe_file;
} CORE;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} CORE;

struct fs_struct {
	struct path root;
} CORE;

/* The kernel has @loginuid if it has audit. */
struct task_struct {
	struct mm_struct *mm;
	struct fs_struct *fs;
	unsigned long atomic_flags;
	const struct cred *cred;
	struct files_struct *files;
	struct css_set *cgroups;
	kuid_t loginuid;
} CORE;

struct super_block {
	__u32 s_dev;
	struct user_namespace *s_user_ns;
} CORE;

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
} CORE;

struct inode {
	__u16 i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	__u64 i_ino;
	__u32 i_generation;
	struct super_block *i_sb;
} CORE;

struct qstr {
	const unsigned char *name;
} CORE;

struct dentry {
	struct dentry *d_parent;
	struct inode *d_inode;
	struct qstr d_name;
} CORE;

struct file {
	void *private_data;
	struct inode *f_inode;
	struct path f_path;
} CORE;

struct linux_binprm {
	struct file *file;
	const char *filename;
	const char *interp;
	struct cred *cred;
	int unsafe;
	unsigned int per_clear;
	unsigned long p;
	unsigned long exec;
	int argc;
	unsigned int secureexec:1;
} CORE;

struct bpf_iter_meta {
	struct seq_file *seq;
} CORE;

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} CORE;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
} CORE;

struct task_struct *bpf_task_from_pid(int pid) __ksym;
struct task_struct *bpf_task_from_vpid(int pid) __ksym;
void bpf_task_release(struct task_struct *task) __ksym;

int bpf_path_d_path(const struct path *path, char *buf,
		    unsigned long buf__sz) __ksym;

void bpf_rcu_read_lock(void) __ksym;
void bpf_rcu_read_unlock(void) __ksym;

/*
 * What an execlock kernel adds.  The loader replaces the number of the map
 * type with that of the running kernel.
 */
#define BPF_MAP_TYPE_LANDLOCK_RULESET PROVISIONAL_MAP_TYPE_LANDLOCK_RULESET

struct bpf_landlock_ruleset {};

/* Begins with a struct lsm_policy_object. */
struct landlock_frozen {
	__u64 id;
} CORE;

int bpf_landlock_restrict_binprm(struct linux_binprm *bprm,
				 const struct bpf_landlock_ruleset *ruleset,
				 __u32 flags) __ksym;
void bpf_landlock_put_ruleset(const struct bpf_landlock_ruleset *ruleset)
	__ksym;

/* Whatever is in it: map values can point to it. */
struct lsm_policy_object {};

struct lsm_policy_object *bpf_lsm_policy_from_fd(int fd, __u32 flags) __ksym;
struct lsm_policy_object *
bpf_lsm_policy_acquire(struct lsm_policy_object *obj) __ksym;
void bpf_lsm_policy_release(struct lsm_policy_object *obj) __ksym;
int bpf_lsm_policy_apply_bprm(struct lsm_policy_object *obj,
			      struct linux_binprm *bprm, __u32 flags) __ksym;

int bpf_bprm_set_no_new_privs(struct linux_binprm *bprm) __ksym;
int bpf_wait_for_memory(void) __ksym __weak;

/* Not in every execlock kernel: only with CONFIG_USER_NS_CAPS. */
int bpf_bprm_drop_userns_caps(struct linux_binprm *bprm, __u64 caps)
	__ksym __weak;
int bpf_userns_drop_caps(const struct cred *cred, __u64 caps) __ksym __weak;

#endif /* EXECLOCK_KERNEL_TYPES_H */
