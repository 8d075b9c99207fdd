/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code around parts of BPF programs
 */

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EACCES 13

#include "text/restrict_binprm.h"

void bpf_landlock_put_ruleset(const struct bpf_landlock_ruleset *ruleset)
	__ksym;
int bpf_bprm_set_no_new_privs(struct linux_binprm *bprm) __ksym;

char LICENSE[] SEC("license") = "GPL";
