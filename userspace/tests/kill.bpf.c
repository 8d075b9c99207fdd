// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Kill whoever replaces the ruleset of a policy, for tests
 */

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define SIGKILL 9

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/landlock_replace_policy")
int BPF_PROG(kill_loader)
{
	bpf_send_signal(SIGKILL);
	return 0;
}
