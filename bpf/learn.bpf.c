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
#define TYPE_STREAM 1
#define TYPE_DGRAM 2

#ifndef FS_IOC_GETFSUUID
#define FS_IOC_GETFSUUID _IOR(0x15, 0, __u8[17])
#endif
#ifndef FS_IOC_GETFSSYSFSPATH
#define FS_IOC_GETFSSYSFSPATH _IOR(0x15, 1, __u8[129])
#endif

/* What only these programs read. */
struct inode___learn {
	__u16 i_mode;
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

int bpf_path_d_path(const struct path *path, char *buf,
		    unsigned long buf__sz) __ksym;

char LICENSE[] SEC("license") = "GPL";

/** lost - Events for which there was no room */
__u64 lost;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} events SEC(".maps");

/* The processes of the command, with their &enum learn_state. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} tree SEC(".maps");

static __always_inline bool is_learned(void)
{
	const __u32 *const state =
		bpf_task_storage_get(&tree, bpf_get_current_task_btf(), NULL,
				     0);

	return state && *state == LEARN_RUNS;
}

static __always_inline struct learn_event *begin(enum learn_kind kind,
						 __u64 access)
{
	struct learn_event *event;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	event->kind = kind;
	event->port = 0;
	event->access = access;
	event->path[0] = '\0';
	return event;
}

static __always_inline void tell(enum learn_kind kind)
{
	struct learn_event *const event = begin(kind, 0);

	if (event)
		bpf_ringbuf_submit(event, 0);
}

static __always_inline void tell_path(const struct path *path, __u64 access)
{
	struct learn_event *event;

	if (!access)
		return;
	event = begin(LEARN_PATH, access);
	if (!event)
		return;
	if (bpf_path_d_path(path, event->path, sizeof(event->path)) < 0) {
		event->kind = LEARN_NO_PATH;
		event->path[0] = '\0';
	}
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
	const __u32 *const state =
		bpf_task_storage_get(&tree, bpf_get_current_task_btf(), NULL,
				     0);
	__u32 *copy;

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

/* From here on, the command would be under the policy. */
SEC("lsm/bprm_committed_creds")
int BPF_PROG(executed, const struct linux_binprm *bprm)
{
	__u32 *const state =
		bpf_task_storage_get(&tree, bpf_get_current_task_btf(), NULL,
				     0);

	if (state)
		*state = LEARN_RUNS;
	return 0;
}

/*
 * Files
 */

static __always_inline __u16 mode_of_inode(const struct inode *inode)
{
	return BPF_CORE_READ((const struct inode___learn *)inode, i_mode);
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

SEC("lsm/file_open")
int BPF_PROG(opened, struct file *file)
{
	const struct file___learn *const learn = (void *)file;
	__u16 mode;
	__u64 access = 0;

	if (!is_learned())
		return 0;
	mode = mode_of_file(file);
	if (BPF_CORE_READ(learn, f_mode) & FMODE_READ_FLAG)
		access |= S_ISDIR(mode) ? LANDLOCK_ACCESS_FS_READ_DIR :
					  LANDLOCK_ACCESS_FS_READ_FILE;
	if (BPF_CORE_READ(learn, f_mode) & FMODE_WRITE_FLAG)
		access |= LANDLOCK_ACCESS_FS_WRITE_FILE;
	if (BPF_CORE_READ(learn, f_flags) & FMODE_EXEC_FLAG)
		access |= LANDLOCK_ACCESS_FS_EXECUTE;
	/* The next time, the file may be there, and have to be emptied. */
	if (BPF_CORE_READ(learn, f_flags) & O_TRUNC && S_ISREG(mode))
		access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	tell_path(&file->f_path, access);
	return 0;
}

SEC("lsm/file_truncate")
int BPF_PROG(truncated, struct file *file)
{
	if (is_learned())
		tell_path(&file->f_path, LANDLOCK_ACCESS_FS_TRUNCATE);
	return 0;
}

SEC("lsm/path_truncate")
int BPF_PROG(truncated_path, const struct path *path)
{
	if (is_learned())
		tell_path(path, LANDLOCK_ACCESS_FS_TRUNCATE);
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
		tell_path(&file->f_path, LANDLOCK_ACCESS_FS_IOCTL_DEV);
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
		tell_path(dir, right_to_make(mode));
	return 0;
}

SEC("lsm/path_mkdir")
int BPF_PROG(made_dir, const struct path *dir)
{
	if (is_learned())
		tell_path(dir, LANDLOCK_ACCESS_FS_MAKE_DIR);
	return 0;
}

SEC("lsm/path_symlink")
int BPF_PROG(made_symlink, const struct path *dir)
{
	if (is_learned())
		tell_path(dir, LANDLOCK_ACCESS_FS_MAKE_SYM);
	return 0;
}

SEC("lsm/path_unlink")
int BPF_PROG(removed_file, const struct path *dir)
{
	if (is_learned())
		tell_path(dir, LANDLOCK_ACCESS_FS_REMOVE_FILE);
	return 0;
}

SEC("lsm/path_rmdir")
int BPF_PROG(removed_dir, const struct path *dir)
{
	if (is_learned())
		tell_path(dir, LANDLOCK_ACCESS_FS_REMOVE_DIR);
	return 0;
}

SEC("lsm/path_rename")
int BPF_PROG(renamed, const struct path *old_dir, struct dentry *old_dentry,
	     const struct path *new_dir, struct dentry *new_dentry,
	     unsigned int flags)
{
	__u64 from, to, refer = 0;

	if (!is_learned())
		return 0;
	from = right_to_remove(mode_of(old_dentry));
	to = right_to_make(mode_of(old_dentry));
	if (exists(new_dentry))
		to |= right_to_remove(mode_of(new_dentry));
	if (flags & RENAME_EXCHANGE)
		from |= right_to_make(mode_of(new_dentry));
	if (BPF_CORE_READ(old_dir, dentry) != BPF_CORE_READ(new_dir, dentry))
		refer = LANDLOCK_ACCESS_FS_REFER;
	tell_path(old_dir, from | refer);
	tell_path(new_dir, to | refer);
	return 0;
}

SEC("lsm/path_link")
int BPF_PROG(linked, struct dentry *old_dentry, const struct path *new_dir,
	     struct dentry *new_dentry)
{
	__u64 access;

	if (!is_learned())
		return 0;
	access = right_to_make(mode_of(old_dentry));
	if (BPF_CORE_READ(old_dentry, d_parent) !=
	    BPF_CORE_READ(new_dir, dentry)) {
		access |= LANDLOCK_ACCESS_FS_REFER;
		/* Nothing says by which path it was reached. */
		tell(LEARN_LINK);
	}
	tell_path(new_dir, access);
	return 0;
}

SEC("lsm/unix_find")
int BPF_PROG(found_socket, const struct path *path)
{
	if (is_learned())
		tell_path(path, LANDLOCK_ACCESS_FS_RESOLVE_UNIX);
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

SEC("lsm/socket_bind")
int BPF_PROG(bound, struct socket *socket, struct sockaddr *address, int size)
{
	enum protocol protocol;

	if (!is_learned())
		return 0;
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

SEC("lsm/task_kill")
int BPF_PROG(killed, struct task_struct *target)
{
	if (is_learned() && !bpf_task_storage_get(&tree, target, NULL, 0))
		tell(LEARN_SIGNAL);
	return 0;
}
