// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Charge the memory of BPF programs to the root cgroup
 */

#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroupfs.h"
#include "memory.h"
#include "message.h"

/* Enough for libbpf, which has buffers of a page or two on its stack. */
#define STACK_SIZE (1 << 20)

/* BPF programs to be loaded in the root cgroup, and the results. */
struct loading {
	struct bpf_object_skeleton *skeleton;
	int join_errno;
	int err;
};

/*
 * Runs in a child that shares memory and file descriptors with its parent,
 * which waits for it: the parent owns the programs and maps.
 */
static int load_in_root(void *data)
{
	struct loading *const loading = data;

	loading->join_errno = cgroupfs_join_root() ? errno : 0;
	loading->err = bpf_object__load_skeleton(loading->skeleton);
	return 0;
}

static void warn(int join_errno)
{
	p_warn_at(NULL, "cannot enter the root cgroup: %s; memory for processes is charged to the cgroup that execlock runs in, and execs can fail when its limit is reached: run execlock where /sys/fs/cgroup is the system's and writable",
		  strerror(join_errno));
}

int memory_load(struct bpf_object_skeleton *skeleton)
{
	struct loading loading = { .skeleton = skeleton, .err = -ENOMEM };
	char *stack;
	pid_t child;

	if (cgroupfs_is_root())
		return bpf_object__load_skeleton(skeleton);
	stack = malloc(STACK_SIZE);
	child = stack ? clone(load_in_root, stack + STACK_SIZE,
			      CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD,
			      &loading) : -1;
	if (child >= 0)
		waitpid(child, NULL, 0);
	free(stack);
	if (child >= 0 && loading.join_errno)
		warn(loading.join_errno);
	errno = -loading.err;
	return loading.err;
}
