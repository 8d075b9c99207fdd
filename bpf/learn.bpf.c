// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Observe which rights a command uses: processes, network, scopes
 *
 * These programs are attached to the hooks of Landlock, check the same rights
 * and always allow.  They run after Landlock, so they only see accesses that
 * Landlock did not deny.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <linux/in.h>
#include <stdbool.h>

#include "landlock_rights.h"
#include "learn_event.h"
#include "learn_watch.h"

/* From internal headers of the kernel. */
#define MSG_FASTOPEN_FLAG 0x20000000
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define FAMILY_UNIX 1
#define TYPE_STREAM 1
#define TYPE_DGRAM 2

struct linux_binprm___learn {
	unsigned long p;
	unsigned long exec;
	int argc;
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

char LICENSE[] SEC("license") = "GPL";

static __u64 last_exec = LEARN_RUNNING;
static __u32 last_root;

/*
 * The processes
 */

SEC("lsm/task_alloc")
int BPF_PROG(forked, struct task_struct *task)
{
	const struct learn_state *const state = current_state();
	struct learn_state *copy;

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

/* The file is the one that the exec names: a script, not its interpreter. */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(executing, struct linux_binprm *bprm)
{
	struct learn_state *state = current_state();
	struct learn_event *event;

	if (!state && begins_program(bprm))
		state = new_state(bpf_get_current_task_btf(), 0);
	if (!state)
		return 0;
	/* Services see the same root directory, unless they have an image. */
	if (!first_root)
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
 * Copies the arguments, or the beginning of them.  They are on the new stack
 * already, followed by the environment and the name of the file.
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

/* Not a tracepoint: the kernel may skip its programs. */
SEC("lsm/bprm_committed_creds")
int BPF_PROG(executed, const struct linux_binprm *bprm)
{
	struct learn_state *const state = current_state();
	struct learn_event *event;
	__u64 before;

	if (!state)
		return 0;
	before = state->exec;
	state->exec = state->next;
	state->caps = 0;
	state->caps_kept = 0;
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

/* Only another security module can still refuse the change. */
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
	/* Earlier events have the former root, also in other threads. */
	bpf_map_update_elem(&roots, &root, &number, BPF_ANY);
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

/* IPv4 and IPv6 have the port in the same place, after the family. */
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

/* A UDP socket without a port gets one, which Landlock checks as well. */
static __always_inline void tell_autobind(const struct socket *socket)
{
	const struct sock *const sk = BPF_CORE_READ(socket, sk);

	if (!BPF_CORE_READ(sk, __sk_common.skc_num))
		tell_port(0, LANDLOCK_ACCESS_NET_BIND_UDP);
}

/* Not an address that the kernel chooses, which has no name here. */
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
	const struct learn_state *state;
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
