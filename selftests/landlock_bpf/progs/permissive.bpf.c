// SPDX-License-Identifier: GPL-2.0
/*
 * A program that reads the mode of the layers that are reported
 */

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "progs/permissive.h"

char _license[] SEC("license") = "GPL";

/* As of a kernel with permissive layers, whatever kernel vmlinux.h is from. */
struct landlock_hierarchy___permissive {
	u64 id;
	bool permissive;
} __attribute__((preserve_access_index));

/* The process to watch. */
int target_pid;

struct seen seen[MAX_SEEN];
unsigned int num_seen;

SEC("tp_btf/landlock_deny_access_fs")
int BPF_PROG(denied_fs, const struct landlock_hierarchy *hierarchy,
	     bool same_exec, bool logged,
	     const struct landlock_blockers *blockers)
{
	const struct landlock_hierarchy___permissive *const layer =
		(const void *)hierarchy;
	unsigned int i;

	if (!target_pid || bpf_get_current_pid_tgid() >> 32 != target_pid)
		return 0;

	/* One process is watched, which has one thread. */
	i = num_seen++;
	if (i >= MAX_SEEN)
		return 0;

	seen[i].access = BPF_CORE_READ(blockers, access);
	seen[i].domain = BPF_CORE_READ(layer, id);
	seen[i].permissive = BPF_CORE_READ(layer, permissive);
	return 0;
}
