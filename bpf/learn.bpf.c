// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Observe which rights a command takes
 *
 * These programs are attached where Landlock decides, ask the same questions
 * and always agree.  They run after Landlock, so they only see what it did not
 * deny.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/fcntl.h>
#include <asm/ioctls.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/in.h>
#include <linux/stat.h>
#include <stdbool.h>

#include "landlock_rights.h"
#include "learn.h"

#define RING_SIZE (16 * 1024 * 1024)

/* From the kernel's headers, which are not for programs. */
#define FMODE_EXEC_FLAG 0x20	/* in f_flags, __FMODE_EXEC */
#define FMODE_READ_FLAG 0x1
#define FMODE_WRITE_FLAG 0x2
#define MSG_FASTOPEN_FLAG 0x20000000
#define FAMILY_UNSPEC 0
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define FAMILY_UNIX 1
#define SB_NOUSER_FLAG 0x80000000UL
#define TYPE_STREAM 1
#define TYPE_DGRAM 2

#ifndef FS_IOC_GETFSUUID
#define FS_IOC_GETFSUUID _IOR(0x15, 0, __u8[17])
#endif
#ifndef FS_IOC_GETFSSYSFSPATH
#define FS_IOC_GETFSSYSFSPATH _IOR(0x15, 1, __u8[129])
#endif

/* What only these programs read. */
struct super_block___learn {
	unsigned long s_flags;
} CORE;

struct fs_struct {
	struct path root;
} CORE;

struct task_struct___learn {
	struct fs_struct *fs;
} CORE;

struct linux_binprm___learn {
	unsigned long p;
	unsigned long exec;
	int argc;
} CORE;

struct file___learn {
	unsigned int f_mode;
	unsigned int f_flags;
} CORE;

struct sock_common {
	__u16 skc_family;
	__u16 skc_num;
} CORE;

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
} CORE;

struct socket {
	struct sock *sk;
} CORE;

struct sockaddr {
	__u16 sa_family;
} CORE;

struct msghdr {
	void *msg_name;
	int msg_namelen;
	unsigned int msg_flags;
} CORE;

struct sockaddr_un {
	char sun_path[108];
} CORE;

struct unix_address {
	struct sockaddr_un name[0];
} CORE;

struct unix_sock {
	struct unix_address *addr;
} CORE;

struct kernel_siginfo {};

char LICENSE[] SEC("license") = "GPL";

/** lost - Events for which there was no room */
__u64 lost;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} events SEC(".maps");

/**
 * struct state - What is known of a process of the command
 *
 * @exec: Number of the exec that made it what it is; 0 if none did yet.
 * @next: Number of the exec that it began.
 */
struct state {
	__u64 exec;
	__u64 next;
};

/* The processes of the command. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct state);
} tree SEC(".maps");

/* The numbers of the root directories that the command made its own. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u32);
} roots SEC(".maps");

static __u64 last_exec;
static __u64 last_rename;
static __u32 last_root;
/* The root directory with which the command begins. */
static __u64 first_root;

static __always_inline struct state *state_of(struct task_struct *task)
{
	return bpf_task_storage_get(&tree, task, NULL, 0);
}

/* From its first exec on, the command would be under the policy. */
static __always_inline bool is_learned(void)
{
	const struct state *const state = state_of(bpf_get_current_task_btf());

	return state && state->exec;
}

/* Its address is its name here. */
static __always_inline __u64 current_root(void)
{
	const struct task_struct___learn *const task =
		(void *)bpf_get_current_task_btf();

	return (__u64)BPF_CORE_READ(task, fs, root.dentry);
}

/* Paths are told as the process sees them. */
static __always_inline __u32 number_of_root(void)
{
	const __u64 root = current_root();
	const __u32 *number;

	if (root == first_root)
		return LEARN_FIRST_ROOT;
	number = bpf_map_lookup_elem(&roots, &root);
	return number ? *number : LEARN_UNKNOWN_ROOT;
}

static __always_inline struct learn_event *begin(enum learn_kind kind,
						 __u64 access)
{
	const struct state *const state = state_of(bpf_get_current_task_btf());
	struct learn_event *event;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	event->kind = kind;
	event->port = 0;
	event->exec = state ? state->exec : 0;
	event->other = 0;
	event->access = access;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->root = LEARN_FIRST_ROOT;
	event->mode = 0;
	event->flags = 0;
	event->name[0] = '\0';
	event->path[0] = '\0';
	return event;
}

static __always_inline void tell(enum learn_kind kind)
{
	struct learn_event *const event = begin(kind, 0);

	if (event)
		bpf_ringbuf_submit(event, 0);
}

static __always_inline void set_path(struct learn_event *event,
				     const struct path *path)
{
	event->root = number_of_root();
	if (bpf_path_d_path(path, event->path, sizeof(event->path)) < 0) {
		event->kind = LEARN_NO_PATH;
		event->path[0] = '\0';
	}
}

static __always_inline void tell_path(const struct path *path, __u16 mode,
				      __u32 flags, __u64 access)
{
	struct learn_event *event;

	if (!access)
		return;
	event = begin(LEARN_PATH, access);
	if (!event)
		return;
	event->mode = mode;
	event->flags = flags;
	set_path(event, path);
	bpf_ringbuf_submit(event, 0);
}

/* The rights are for the directory, and what changes is a name in it. */
static __always_inline void tell_name(const struct path *dir,
				      const struct dentry *dentry,
				      __u64 access, __u64 rename)
{
	struct learn_event *const event = begin(LEARN_PATH, access);

	if (!event)
		return;
	event->mode = S_IFDIR;
	event->other = rename;
	set_path(event, dir);
	bpf_probe_read_kernel_str(event->name, sizeof(event->name),
				  BPF_CORE_READ(dentry, d_name.name));
	bpf_ringbuf_submit(event, 0);
}

static __always_inline void tell_port(__u16 port, __u64 access)
{
	struct learn_event *const event = begin(LEARN_PORT, access);

	if (!event)
		return;
	event->port = port;
	bpf_ringbuf_submit(event, 0);
}

/*
 * The processes
 */

SEC("lsm/task_alloc")
int BPF_PROG(forked, struct task_struct *task)
{
	const struct state *const state = state_of(bpf_get_current_task_btf());
	struct state *copy;

	if (!state)
		return 0;
	copy = bpf_task_storage_get(&tree, task, NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (copy)
		*copy = *state;
	else
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

/* The file is the one that was named: a script, and not its interpreter. */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(executing, struct linux_binprm *bprm)
{
	struct state *const state = state_of(bpf_get_current_task_btf());
	struct learn_event *event;

	if (!state)
		return 0;
	if (!state->exec)
		first_root = current_root();
	state->next = __sync_add_and_fetch(&last_exec, 1);
	event = begin(LEARN_TRIES, 0);
	if (!event)
		return 0;
	event->other = state->next;
	set_path(event, &bprm->file->f_path);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/*
 * Its arguments, or the beginning of them.  They are on its stack already, and
 * the environment and the name of the file follow.
 */
static __always_inline void set_arguments(struct learn_event *event,
					  const struct linux_binprm *bprm)
{
	const struct linux_binprm___learn *const learn = (const void *)bprm;
	const __u64 begin = BPF_CORE_READ(learn, p);
	__u64 size = BPF_CORE_READ(learn, exec) - begin;

	if (size > sizeof(event->path) - 1)
		size = sizeof(event->path) - 1;
	if (bpf_probe_read_user(event->path, size, (void *)begin))
		size = 0;
	event->path[size] = '\0';
	event->port = size;
	event->mode = BPF_CORE_READ(learn, argc);
}

/* Not a tracepoint, whose programs the kernel may leave out. */
SEC("lsm/bprm_committed_creds")
int BPF_PROG(executed, const struct linux_binprm *bprm)
{
	struct state *const state = state_of(bpf_get_current_task_btf());
	struct learn_event *event;
	__u64 before;

	if (!state)
		return 0;
	before = state->exec;
	state->exec = state->next;
	event = begin(LEARN_EXECS, 0);
	if (!event)
		return 0;
	event->other = before;
	if (BPF_CORE_READ(bprm, interp) != BPF_CORE_READ(bprm, filename))
		event->flags = LEARN_IS_SCRIPT;
	set_arguments(event, bprm);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* Nothing but a security module can refuse it any more. */
SEC("lsm/path_chroot")
int BPF_PROG(changed_root, const struct path *path)
{
	const __u64 root = (__u64)BPF_CORE_READ(path, dentry);
	struct learn_event *event;
	__u32 number;

	if (!is_learned() || root == first_root)
		return 0;
	number = __sync_add_and_fetch(&last_root, 1);
	event = begin(LEARN_ROOT, 0);
	if (!event)
		return 0;
	event->other = number;
	set_path(event, path);
	bpf_ringbuf_submit(event, 0);
	/* What comes before this has the former root, also in other threads. */
	bpf_map_update_elem(&roots, &root, &number, BPF_ANY);
	return 0;
}

/*
 * Files
 */

static __always_inline __u16 mode_of_inode(const struct inode *inode)
{
	return BPF_CORE_READ(inode, i_mode);
}

static __always_inline __u16 mode_of(const struct dentry *dentry)
{
	const struct inode *const inode = BPF_CORE_READ(dentry, d_inode);

	return mode_of_inode(inode);
}

static __always_inline __u16 mode_of_file(const struct file *file)
{
	const struct inode *const inode = BPF_CORE_READ(file, f_inode);

	return mode_of_inode(inode);
}

static __always_inline bool exists(const struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_inode);
}

static __always_inline __u64 right_to_make(__u16 mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return LANDLOCK_ACCESS_FS_MAKE_SYM;
	case S_IFDIR:
		return LANDLOCK_ACCESS_FS_MAKE_DIR;
	case S_IFCHR:
		return LANDLOCK_ACCESS_FS_MAKE_CHAR;
	case S_IFBLK:
		return LANDLOCK_ACCESS_FS_MAKE_BLOCK;
	case S_IFIFO:
		return LANDLOCK_ACCESS_FS_MAKE_FIFO;
	case S_IFSOCK:
		return LANDLOCK_ACCESS_FS_MAKE_SOCK;
	default:
		return LANDLOCK_ACCESS_FS_MAKE_REG;
	}
}

static __always_inline __u64 right_to_remove(__u16 mode)
{
	return S_ISDIR(mode) ? LANDLOCK_ACCESS_FS_REMOVE_DIR :
			       LANDLOCK_ACCESS_FS_REMOVE_FILE;
}

static __always_inline bool is_nowhere(const struct file *file)
{
	const struct super_block *const sb = BPF_CORE_READ(file, f_inode, i_sb);

	return BPF_CORE_READ((const struct super_block___learn *)sb, s_flags) &
	       SB_NOUSER_FLAG;
}

SEC("lsm/file_open")
int BPF_PROG(opened, struct file *file)
{
	const struct file___learn *const learn = (void *)file;
	__u16 mode;
	__u32 flags = 0;
	__u64 access = 0;

	if (!is_learned())
		return 0;
	/* Pipes, memfds and the like are in no directory: no right is needed. */
	if (is_nowhere(file))
		return 0;
	mode = mode_of_file(file);
	if (BPF_CORE_READ(learn, f_mode) & FMODE_READ_FLAG)
		access |= S_ISDIR(mode) ? LANDLOCK_ACCESS_FS_READ_DIR :
					  LANDLOCK_ACCESS_FS_READ_FILE;
	if (BPF_CORE_READ(learn, f_mode) & FMODE_WRITE_FLAG)
		access |= LANDLOCK_ACCESS_FS_WRITE_FILE;
	if (BPF_CORE_READ(learn, f_flags) & FMODE_EXEC_FLAG)
		access |= LANDLOCK_ACCESS_FS_EXECUTE;
	/* The next time, the file may be there, and have to be emptied... */
	if (BPF_CORE_READ(learn, f_flags) & O_TRUNC && S_ISREG(mode))
		access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	/* ... or not be there, and have to be made. */
	if (BPF_CORE_READ(learn, f_flags) & O_CREAT && S_ISREG(mode))
		flags = LEARN_WOULD_MAKE;
	tell_path(&file->f_path, mode, flags, access);
	return 0;
}

SEC("lsm/file_truncate")
int BPF_PROG(truncated, struct file *file)
{
	if (is_learned())
		tell_path(&file->f_path, mode_of_file(file), 0,
			  LANDLOCK_ACCESS_FS_TRUNCATE);
	return 0;
}

SEC("lsm/path_truncate")
int BPF_PROG(truncated_path, const struct path *path)
{
	if (is_learned())
		tell_path(path, S_IFREG, 0, LANDLOCK_ACCESS_FS_TRUNCATE);
	return 0;
}

/* Landlock has nothing against these, which are not about the device. */
static __always_inline bool is_harmless(unsigned int command)
{
	switch (command) {
	case FIOCLEX:
	case FIONCLEX:
	case FIONBIO:
	case FIOASYNC:
	case FIOQSIZE:
	case FIFREEZE:
	case FITHAW:
	case FS_IOC_FIEMAP:
	case FIGETBSZ:
	case FICLONE:
	case FICLONERANGE:
	case FIDEDUPERANGE:
	case FS_IOC_GETFSUUID:
	case FS_IOC_GETFSSYSFSPATH:
		return true;
	default:
		return false;
	}
}

static __always_inline int ioctl_of(struct file *file, unsigned int command)
{
	__u16 mode;

	if (!is_learned() || is_harmless(command))
		return 0;
	mode = mode_of_file(file);
	if (S_ISCHR(mode) || S_ISBLK(mode))
		tell_path(&file->f_path, mode, 0, LANDLOCK_ACCESS_FS_IOCTL_DEV);
	return 0;
}

SEC("lsm/file_ioctl")
int BPF_PROG(controlled, struct file *file, unsigned int command)
{
	return ioctl_of(file, command);
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(controlled_compat, struct file *file, unsigned int command)
{
	return ioctl_of(file, command);
}

SEC("lsm/path_mknod")
int BPF_PROG(made_node, const struct path *dir, struct dentry *dentry,
	     unsigned short mode, unsigned int dev)
{
	if (is_learned())
		tell_name(dir, dentry, right_to_make(mode), 0);
	return 0;
}

SEC("lsm/path_mkdir")
int BPF_PROG(made_dir, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_MAKE_DIR, 0);
	return 0;
}

SEC("lsm/path_symlink")
int BPF_PROG(made_symlink, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_MAKE_SYM, 0);
	return 0;
}

SEC("lsm/path_unlink")
int BPF_PROG(removed_file, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_REMOVE_FILE, 0);
	return 0;
}

SEC("lsm/path_rmdir")
int BPF_PROG(removed_dir, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_REMOVE_DIR, 0);
	return 0;
}

SEC("lsm/path_rename")
int BPF_PROG(renamed, const struct path *old_dir, struct dentry *old_dentry,
	     const struct path *new_dir, struct dentry *new_dentry,
	     unsigned int flags)
{
	__u64 from, to, refer = 0, rename = 0;

	if (!is_learned())
		return 0;
	from = right_to_remove(mode_of(old_dentry));
	to = right_to_make(mode_of(old_dentry));
	if (exists(new_dentry))
		to |= right_to_remove(mode_of(new_dentry));
	if (flags & RENAME_EXCHANGE)
		from |= right_to_make(mode_of(new_dentry));
	if (BPF_CORE_READ(old_dir, dentry) != BPF_CORE_READ(new_dir, dentry)) {
		refer = LANDLOCK_ACCESS_FS_REFER;
		rename = __sync_add_and_fetch(&last_rename, 1);
	}
	tell_name(old_dir, old_dentry, from | refer, rename);
	tell_name(new_dir, new_dentry, to | refer, rename);
	return 0;
}

/*
 * Nothing says by which path the file was reached, but it is on the same mount
 * as the new directory, which has a path: so many directories up, and down by
 * the names that are told here from the end.
 */
static __always_inline void tell_link(const struct dentry *old_dir,
				      const struct path *new_dir, __u64 rename)
{
	const struct dentry *const root = BPF_CORE_READ(new_dir, mnt, mnt_root);
	const struct dentry *dir = BPF_CORE_READ(new_dir, dentry);
	struct learn_event *event;
	__u32 size = 0, up = 0;
	int i;

	event = begin(LEARN_LINK, 0);
	if (!event)
		return;
	event->other = rename;
	bpf_for(i, 0, LEARN_DEPTH) {
		if (dir == root)
			break;
		dir = BPF_CORE_READ(dir, d_parent);
		up++;
	}
	bpf_for(i, 0, LEARN_DEPTH) {
		long written;

		if (old_dir == root ||
		    size > sizeof(event->path) - LEARN_NAME_SIZE)
			break;
		written = bpf_probe_read_kernel_str(event->path + size,
						    LEARN_NAME_SIZE,
						    BPF_CORE_READ(old_dir, d_name.name));
		if (written <= 0 || written > LEARN_NAME_SIZE)
			break;
		size += written;
		old_dir = BPF_CORE_READ(old_dir, d_parent);
	}
	event->mode = up;
	event->port = size;
	if (dir != root || old_dir != root)
		event->kind = LEARN_NO_PATH;
	bpf_ringbuf_submit(event, 0);
}

SEC("lsm/path_link")
int BPF_PROG(linked, struct dentry *old_dentry, const struct path *new_dir,
	     struct dentry *new_dentry)
{
	const struct dentry *old_dir;
	__u64 access, rename = 0;

	if (!is_learned())
		return 0;
	access = right_to_make(mode_of(old_dentry));
	old_dir = BPF_CORE_READ(old_dentry, d_parent);
	if (old_dir != BPF_CORE_READ(new_dir, dentry)) {
		access |= LANDLOCK_ACCESS_FS_REFER;
		rename = __sync_add_and_fetch(&last_rename, 1);
		tell_link(old_dir, new_dir, rename);
	}
	tell_name(new_dir, new_dentry, access, rename);
	return 0;
}

SEC("lsm/unix_find")
int BPF_PROG(found_socket, const struct path *path)
{
	if (is_learned())
		tell_path(path, S_IFSOCK, 0, LANDLOCK_ACCESS_FS_RESOLVE_UNIX);
	return 0;
}

/*
 * The network
 */

enum protocol {
	OTHER,
	TCP,
	UDP,
};

static __always_inline enum protocol protocol_of(const struct socket *socket)
{
	const struct sock *const sk = BPF_CORE_READ(socket, sk);
	const __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	const __u16 type = BPF_CORE_READ(sk, sk_type);
	const __u16 protocol = BPF_CORE_READ(sk, sk_protocol);

	if (family != FAMILY_INET && family != FAMILY_INET6)
		return OTHER;
	if (type == TYPE_STREAM && protocol == IPPROTO_TCP)
		return TCP;
	if (type == TYPE_DGRAM &&
	    (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE))
		return UDP;
	return OTHER;
}

/* IPv4 and IPv6 have the port at the same place, behind the family. */
static __always_inline void tell_address(const void *address, int size,
					 __u64 access)
{
	__u16 head[2];

	if (size < (int)sizeof(head) ||
	    bpf_probe_read_kernel(head, sizeof(head), address))
		return;
	if (head[0] == FAMILY_INET || head[0] == FAMILY_INET6)
		tell_port(__builtin_bswap16(head[1]), access);
}

/* A UDP socket without a port gets one, for which Landlock asks as well. */
static __always_inline void tell_autobind(const struct socket *socket)
{
	const struct sock *const sk = BPF_CORE_READ(socket, sk);

	if (!BPF_CORE_READ(sk, __sk_common.skc_num))
		tell_port(0, LANDLOCK_ACCESS_NET_BIND_UDP);
}

/* Not one that the kernel chooses, which has no name here: nobody knows it. */
static __always_inline bool is_abstract(const void *address, int size)
{
	struct {
		__u16 family;
		char first;
	} head;

	return size > (int)sizeof(head.family) + 1 &&
	       !bpf_probe_read_kernel(&head, 3, address) &&
	       head.family == FAMILY_UNIX && !head.first;
}

SEC("lsm/socket_bind")
int BPF_PROG(bound, struct socket *socket, struct sockaddr *address, int size)
{
	enum protocol protocol;

	if (!is_learned())
		return 0;
	if (is_abstract(address, size))
		tell(LEARN_ABSTRACT);
	protocol = protocol_of(socket);
	if (protocol == TCP)
		tell_address(address, size, LANDLOCK_ACCESS_NET_BIND_TCP);
	else if (protocol == UDP)
		tell_address(address, size, LANDLOCK_ACCESS_NET_BIND_UDP);
	return 0;
}

SEC("lsm/socket_connect")
int BPF_PROG(connected, struct socket *socket, struct sockaddr *address,
	     int size)
{
	enum protocol protocol;

	if (!is_learned())
		return 0;
	protocol = protocol_of(socket);
	if (protocol == TCP) {
		tell_address(address, size, LANDLOCK_ACCESS_NET_CONNECT_TCP);
	} else if (protocol == UDP) {
		tell_address(address, size,
			     LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP);
		tell_autobind(socket);
	}
	return 0;
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(sent, struct socket *socket, struct msghdr *message)
{
	const void *address;
	enum protocol protocol;
	int size;

	if (!is_learned())
		return 0;
	protocol = protocol_of(socket);
	address = BPF_CORE_READ(message, msg_name);
	size = BPF_CORE_READ(message, msg_namelen);
	if (protocol == TCP && address &&
	    BPF_CORE_READ(message, msg_flags) & MSG_FASTOPEN_FLAG) {
		tell_address(address, size, LANDLOCK_ACCESS_NET_CONNECT_TCP);
	} else if (protocol == UDP) {
		if (address)
			tell_address(address, size,
				     LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP);
		tell_autobind(socket);
	}
	return 0;
}

/*
 * Scopes
 */

static __always_inline void look_at_peer(const struct sock *peer)
{
	const struct unix_address *const address =
		BPF_CORE_READ((const struct unix_sock *)peer, addr);
	char first;

	if (address &&
	    !BPF_CORE_READ_INTO(&first, address, name[0].sun_path[0]) && !first)
		tell(LEARN_ABSTRACT);
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(connected_unix, struct sock *sock, struct sock *peer)
{
	if (is_learned())
		look_at_peer(peer);
	return 0;
}

SEC("lsm/unix_may_send")
int BPF_PROG(sent_unix, struct socket *socket, struct socket *peer)
{
	if (is_learned())
		look_at_peer(BPF_CORE_READ(peer, sk));
	return 0;
}

SEC("lsm/socket_listen")
int BPF_PROG(listens, struct socket *socket, int backlog)
{
	if (is_learned())
		tell(LEARN_LISTENS);
	return 0;
}

SEC("lsm/task_kill")
int BPF_PROG(killed, struct task_struct *target)
{
	const struct state *state;
	struct learn_event *event;

	if (!is_learned())
		return 0;
	state = state_of(target);
	event = begin(LEARN_SIGNAL, 0);
	if (!event)
		return 0;
	event->other = state ? state->exec : 0;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
