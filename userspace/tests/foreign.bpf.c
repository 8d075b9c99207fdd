// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Policies of another build, for tests: its maps have other layouts
 */

#include "bpf/kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_ARRAY);
		__uint(max_entries, 1);
		__type(key, __u32);
		__type(value, __u64);
	});
} current SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8[4096]);
} confined SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u64);
	__type(value, __u64);
} cgroups SEC(".maps");

SEC("lsm/bprm_check_security")
int BPF_PROG(confine, struct linux_binprm *bprm)
{
	const __u64 cgroup = 0;
	const __u32 zero = 0;
	void *const map = bpf_map_lookup_elem(&current, &zero);

	if (map && bpf_map_lookup_elem(map, &zero) &&
	    bpf_map_lookup_elem(&confined, &zero) &&
	    bpf_map_lookup_elem(&cgroups, &cgroup))
		bpf_printk("never");
	return 0;
}
