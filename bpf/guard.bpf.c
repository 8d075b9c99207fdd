// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Keep tasks under a policy from ending it, or from going around it
 *
 * Landlock does not restrict bpf(2).  A task with CAP_SYS_ADMIN or CAP_BPF
 * could open execlock's maps by their IDs and empty them, attach programs to
 * its own programs, or remove its pins.  Tasks under a policy may not, unless
 * each of their policies has managesPolicies.
 *
 * Landlock's rights for TCP do not control the protocols that do the same by
 * other means.  Tasks under a policy with one of these rights may not use them,
 * unless each such policy has otherProtocols.
 *
 * These programs are linked with those of execlock.bpf.c, which load and attach
 * with them and share their map of tasks.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <linux/in.h>
#include <linux/magic.h>
#include <stdbool.h>

#include "cgroup.h"
#include "execlock.h"
#include "guard.h"
#include "tasks.h"

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

/* As in the kernel. */
#define MNT_DETACH 2
#define AF_INET 2
#define AF_INET6 10
#define AF_SMC 43
#define SOCK_STREAM 1
#define SOCK_SEQPACKET 5
#define BPF_CALL_HELPER (BPF_JMP | BPF_CALL)

#define NUM_OWN_MAPS ((int)(sizeof(own_maps) / sizeof(own_maps[0])))

/* Twice the number of mounts that a namespace can have (fs.mount-max). */
#define MAX_MOUNTS (1 << 18)

/* More instructions than a program can have. */
#define MAX_INSNS (1 << 20)

char LICENSE[] SEC("license") = "GPL";

struct list_head {
	struct list_head *next;
} CORE;

struct ns_common {
	unsigned int inum;
} CORE;

struct mnt_namespace {
	struct ns_common ns;
} CORE;

struct nsproxy {
	struct mnt_namespace *mnt_ns;
} CORE;

struct task_struct___guard {
	struct nsproxy *nsproxy;
} CORE;

typedef struct {
	__s64 counter;
} atomic64_t___guard;

struct bpf_map___guard {
	char name[BPF_OBJ_NAME_LEN];
	atomic64_t___guard refcnt;
} CORE;

struct bpf_prog_aux___guard {
	char name[BPF_OBJ_NAME_LEN];
	atomic64_t___guard refcnt;
} CORE;

struct bpf_prog___guard {
	enum bpf_prog_type type;
	enum bpf_attach_type expected_attach_type;
	__u32 len;
	struct bpf_prog_aux___guard *aux;
	struct bpf_insn insnsi[];
} CORE;

struct bpf_link___guard {
	struct bpf_prog___guard *prog;
} CORE;

struct super_block___guard {
	unsigned long s_magic;
} CORE;

struct inode___guard {
	struct super_block___guard *i_sb;
} CORE;

struct dentry___guard {
	struct super_block___guard *d_sb;
} CORE;

struct path___guard {
	struct dentry___guard *dentry;
} CORE;

struct vfsmount___guard {
	struct super_block___guard *mnt_sb;
} CORE;

struct mount {
	struct mount *mnt_parent;
	struct vfsmount___guard mnt;
	struct list_head mnt_mounts;
	struct list_head mnt_child;
	int mnt_group_id;
} CORE;

struct bpf_map;
struct bpf_prog;
struct bpf_token;
struct iattr;
struct mnt_idmap;
struct vfsmount;

/* The only element is a struct guard_counts. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guard_counts);
} guard_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GUARD_DENIALS);
	__type(key, __u32);
	__type(value, struct guard_denial);
} guard_denials SEC(".maps");

/*
 * The names of execlock's maps: a map has its name from the beginning, so it is
 * guarded at any time.  Tasks under a policy cannot open other maps of these
 * names either, unless they create them.
 */
static const char own_maps[][BPF_OBJ_NAME_LEN] = {
	"current", "header_sets", "match_sets", "policy_sets", "rulesets",
	"live_slots", "confined", "former", "notes",
	"guard_counts", "guard_denials",
	"execlock_header", "execlock_match", "execlock_policy", "levels",
	"userns_rule", "userns_counts", "userns_events",
	"exempt", "exempt_path", "exempt_paths", "counters", "gains", "cgroups",
	"limited", "would_deny", "tried_domains",
};

/*
 * Returns the policies of the task, or NULL if it may touch them without a word.
 */
static __always_inline const struct execlock_under *guarded(void)
{
	const __u16 guards = EXECLOCK_GUARDED | EXECLOCK_GUARD_TRIED;
	const struct execlock_task *const task =
		find_task(bpf_get_current_task_btf());

	return task && task->under.effects & guards ? &task->under : NULL;
}

static __always_inline void record(enum guard_kind kind,
				   const struct execlock_under *under,
				   bool permissive)
{
	struct guard_counts *counts;
	struct guard_denial *denial;
	const __u32 zero = 0;
	__u64 number;
	__u32 slot;

	counts = bpf_map_lookup_elem(&guard_counts, &zero);
	if (!counts)
		return;
	number = __sync_fetch_and_add(&counts->number, 1) + 1;
	if (permissive)
		__sync_fetch_and_add(&counts->permissive, 1);
	else
		__sync_fetch_and_add(&counts->kinds[kind], 1);
	slot = number % GUARD_DENIALS;
	denial = bpf_map_lookup_elem(&guard_denials, &slot);
	if (!denial)
		return;
	/* With barriers: no reader mixes two denials. */
	__sync_lock_test_and_set(&denial->number, 0);
	denial->time = bpf_ktime_get_boot_ns();
	denial->pid = bpf_get_current_pid_tgid() >> 32;
	denial->uid = bpf_get_current_uid_gid();
	denial->kind = kind;
	denial->permissive = permissive;
	denial->policy =
		under->ids[(under->count - 1) & (EXECLOCK_LAYERS - 1)];
	bpf_get_current_comm(denial->comm, sizeof(denial->comm));
	__sync_lock_test_and_set(&denial->number, number);
}

/* Records it, and denies it unless all policies that would are permissive. */
static __always_inline int deny(enum guard_kind kind,
				const struct execlock_under *under)
{
	const bool permissive = !(under->effects & EXECLOCK_GUARDED);

	record(kind, under, permissive);
	return permissive ? 0 : -EPERM;
}

/* Whether a file descriptor is the link of an LSM program. */
static __always_inline bool is_lsm_link(__u32 fd)
{
	struct task_struct *const task = bpf_get_current_task_btf();
	struct fdtable *const table = BPF_CORE_READ(task, files, fdt);
	struct file **const files = BPF_CORE_READ(table, fd);
	const struct bpf_link___guard *link;
	struct file *file = NULL;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return false;
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	/* For another kind of file, this reads other, harmless data. */
	link = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(link, prog, type) == BPF_PROG_TYPE_LSM;
}

SEC("lsm/bpf")
int BPF_PROG(guard_bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	const struct execlock_under *const under = guarded();

	if (!under)
		return 0;
	switch (cmd) {
	case BPF_LINK_GET_FD_BY_ID:
		return deny(GUARD_LINK, under);
	case BPF_LINK_UPDATE:
		return is_lsm_link(BPF_CORE_READ(attr, link_update.link_fd)) ?
		       deny(GUARD_LINK, under) : 0;
	case BPF_LINK_DETACH:
		return is_lsm_link(BPF_CORE_READ(attr, link_detach.link_fd)) ?
		       deny(GUARD_LINK, under) : 0;
	default:
		return 0;
	}
}

static __always_inline bool is_own_name(const char *name)
{
	const __u64 *const words = (const __u64 *)name;
	int i;

	bpf_for(i, 0, NUM_OWN_MAPS) {
		const __u64 *own;

		/* For the verifier. */
		if (i < 0 || i >= NUM_OWN_MAPS)
			break;
		own = (const __u64 *)own_maps[i];
		if (own[0] == words[0] && own[1] == words[1])
			return true;
	}
	return false;
}

SEC("lsm/bpf_map")
int BPF_PROG(guard_map, struct bpf_map *map)
{
	const struct bpf_map___guard *const fields = (void *)map;
	const struct execlock_under *const under = guarded();
	char name[BPF_OBJ_NAME_LEN] __attribute__((aligned(8))) = {};

	/* There is only this reference: the task has just created it. */
	if (!under || BPF_CORE_READ(fields, refcnt.counter) == 1)
		return 0;
	BPF_CORE_READ_INTO(&name, fields, name);
	return is_own_name(name) ? deny(GUARD_MAP, under) : 0;
}

/* LSM programs, and the pinned program that stores policies of cgroups. */
static __always_inline bool is_own_program(const struct bpf_prog___guard *prog)
{
	const enum bpf_prog_type type = BPF_CORE_READ(prog, type);
	char name[BPF_OBJ_NAME_LEN];

	if (type != BPF_PROG_TYPE_SYSCALL)
		return type == BPF_PROG_TYPE_LSM;
	BPF_CORE_READ_INTO(&name, prog, aux, name);
	return !bpf_strncmp(name, sizeof(CGROUP_STORE_PROGRAM),
			    CGROUP_STORE_PROGRAM);
}

SEC("lsm/bpf_prog")
int BPF_PROG(guard_program, struct bpf_prog *program)
{
	const struct bpf_prog___guard *const fields = (void *)program;
	const struct execlock_under *const under = guarded();

	if (!under || BPF_CORE_READ(fields, aux, refcnt.counter) == 1)
		return 0;
	return is_own_program(fields) ? deny(GUARD_PROGRAM, under) : 0;
}

/* Whether a program can write into other processes, or make functions fail. */
static __always_inline bool overrides(const struct bpf_prog___guard *prog)
{
	const void *const insns = (void *)prog +
		bpf_core_field_offset(struct bpf_prog___guard, insnsi);
	const __u32 count = BPF_CORE_READ(prog, len);
	struct bpf_insn insn;
	int i;

	bpf_for(i, 0, MAX_INSNS) {
		if ((__u32)i >= count)
			return false;
		/* In doubt, it can. */
		if (bpf_probe_read_kernel(&insn, sizeof(insn),
					  insns + i * sizeof(insn)))
			return true;
		if (insn.code == BPF_CALL_HELPER && !insn.src_reg &&
		    (insn.imm == BPF_FUNC_probe_write_user ||
		     insn.imm == BPF_FUNC_override_return))
			return true;
	}
	return true;
}

SEC("lsm/bpf_prog_load")
int BPF_PROG(guard_load, struct bpf_prog *program)
{
	const struct bpf_prog___guard *const fields = (void *)program;
	const struct execlock_under *const under = guarded();

	if (!under)
		return 0;
	switch (BPF_CORE_READ(fields, type)) {
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_EXT:
	case BPF_PROG_TYPE_STRUCT_OPS:
		return deny(GUARD_LOAD, under);
	case BPF_PROG_TYPE_TRACING:
		if (BPF_CORE_READ(fields, expected_attach_type) ==
		    BPF_MODIFY_RETURN)
			return deny(GUARD_LOAD, under);
		break;
	default:
		break;
	}
	return overrides(fields) ? deny(GUARD_LOAD, under) : 0;
}

static __always_inline bool is_bpf_fs(const struct super_block___guard *sb)
{
	return BPF_CORE_READ(sb, s_magic) == BPF_FS_MAGIC;
}

static __always_inline int guard_pin(const struct super_block___guard *sb)
{
	const struct execlock_under *under;

	/* The cheaper check first: nearly all files are elsewhere. */
	if (!is_bpf_fs(sb))
		return 0;
	under = guarded();
	return under ? deny(GUARD_PIN, under) : 0;
}

SEC("lsm/inode_unlink")
int BPF_PROG(guard_unlink, struct inode *dir)
{
	return guard_pin(BPF_CORE_READ((struct inode___guard *)dir, i_sb));
}

SEC("lsm/inode_rmdir")
int BPF_PROG(guard_rmdir, struct inode *dir)
{
	return guard_pin(BPF_CORE_READ((struct inode___guard *)dir, i_sb));
}

SEC("lsm/inode_rename")
int BPF_PROG(guard_rename, struct inode *old_dir)
{
	return guard_pin(BPF_CORE_READ((struct inode___guard *)old_dir, i_sb));
}

SEC("lsm/inode_setattr")
int BPF_PROG(guard_setattr, struct mnt_idmap *idmap, struct dentry *dentry)
{
	return guard_pin(BPF_CORE_READ((struct dentry___guard *)dentry, d_sb));
}

static __always_inline int guard_target(const struct path *path)
{
	const struct path___guard *const target = (void *)path;
	const struct execlock_under *const under = guarded();

	if (!under || !is_bpf_fs(BPF_CORE_READ(target, dentry, d_sb)))
		return 0;
	return deny(GUARD_MOUNT, under);
}

SEC("lsm/sb_mount")
int BPF_PROG(guard_mount, const char *device, const struct path *path)
{
	return guard_target(path);
}

SEC("lsm/move_mount")
int BPF_PROG(guard_move, const struct path *from, const struct path *to)
{
	return guard_target(to);
}

/* Whether the task is in the mount namespace of the system (of process 1). */
static __always_inline bool at_home(void)
{
	const struct task_struct___guard *const task =
		(void *)bpf_get_current_task_btf();
	struct task_struct *const init = bpf_task_from_pid(1);
	unsigned int home;

	if (!init)
		return true;
	home = BPF_CORE_READ((struct task_struct___guard *)init, nsproxy,
			     mnt_ns, ns.inum);
	bpf_task_release(init);
	return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) == home;
}

/**
 * struct bpf_mounts - Mounts of BPF file systems that an unmount takes
 *
 * @any: Whether there is one, or there are too many mounts to tell.
 * @shared: Whether one of them is also unmounted elsewhere.
 */
struct bpf_mounts {
	bool any;
	bool shared;
};

static __always_inline const struct mount *
child_of(const struct list_head *list)
{
	return (void *)list - bpf_core_field_offset(struct mount, mnt_child);
}

/*
 * Looks at a mount and, with @below, at all mounts below it, which are
 * unmounted with it.  A mount is also unmounted from all peers of a shared
 * parent.
 */
static __always_inline struct bpf_mounts
find_bpf_mounts(const struct mount *top, bool below)
{
	const __u32 offset = bpf_core_field_offset(struct mount, mnt_mounts);
	struct bpf_mounts found = {};
	const struct mount *mount = top;
	const struct list_head *next;
	bool back = false;
	int i;

	bpf_for(i, 0, MAX_MOUNTS) {
		if (!back && is_bpf_fs(BPF_CORE_READ(mount, mnt.mnt_sb))) {
			found.any = true;
			found.shared |= !!BPF_CORE_READ(mount, mnt_parent,
							mnt_group_id);
		}
		if (!below)
			return found;
		/* The first one below, or the next one beside it. */
		next = back ? BPF_CORE_READ(mount, mnt_child.next) :
			      BPF_CORE_READ(mount, mnt_mounts.next);
		if (back)
			mount = BPF_CORE_READ(mount, mnt_parent);
		back = next == (void *)mount + offset;
		if (!back)
			mount = child_of(next);
		else if (mount == top)
			return found;
	}
	found.any = true;
	found.shared = true;
	return found;
}

/*
 * A BPF file system and its pins are gone with its last mount.  A lazy unmount
 * also takes the mounts below.  In a mount namespace of its own, from which
 * nothing propagates, a task may unmount what it likes.
 */
SEC("lsm/sb_umount")
int BPF_PROG(guard_umount, struct vfsmount *mnt, int flags)
{
	const struct execlock_under *const under = guarded();
	const struct mount *const mount = (void *)mnt -
		bpf_core_field_offset(struct mount, mnt);
	struct bpf_mounts found;

	if (!under)
		return 0;
	found = find_bpf_mounts(mount, flags & MNT_DETACH);
	if (at_home() ? !found.any : !found.shared)
		return 0;
	return deny(GUARD_MOUNT, under);
}

/*
 * Whether a socket is of a protocol that does what TCP does: Multipath TCP and
 * SMC, which also talk to servers of TCP, and SCTP, which is the only one with
 * SOCK_SEQPACKET.  A protocol that is yet to come is one, too.
 */
static __always_inline bool is_like_tcp(int family, int type, int protocol)
{
	switch (family) {
	case AF_INET:
	case AF_INET6:
		return type == SOCK_SEQPACKET ||
		       (type == SOCK_STREAM && protocol != IPPROTO_IP &&
			protocol != IPPROTO_TCP);
	case AF_SMC:
		return true;
	default:
		return false;
	}
}

/*
 * The error is that of a kernel without the protocol: programs that can do
 * without it, such as those in Go, go on with TCP, which has rules.
 */
SEC("lsm/socket_create")
int BPF_PROG(guard_socket, int family, int type, int protocol, int kern)
{
	const __u16 any = EXECLOCK_ONLY_TCP | EXECLOCK_ONLY_TCP_TRIED;
	const struct execlock_task *task;
	bool permissive;

	/* The kernel has sockets of its own below those of a protocol. */
	if (kern || !is_like_tcp(family, type, protocol))
		return 0;
	task = find_task(bpf_get_current_task_btf());
	if (!task || !(task->under.effects & any))
		return 0;
	permissive = !(task->under.effects & EXECLOCK_ONLY_TCP);
	record(GUARD_PROTOCOL, &task->under, permissive);
	return permissive ? 0 : -EPROTONOSUPPORT;
}
