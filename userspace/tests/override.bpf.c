// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Programs that change what others do, for tests
 *
 * OVERRIDE is which of them: they are loaded one by one.
 */

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#if OVERRIDE == 0
SEC("fexit/security_bpf")
int BPF_PROG(look)
{
	return 0;
}
#elif OVERRIDE == 1
SEC("fmod_ret/security_bpf")
int BPF_PROG(override, int cmd, void *attr, unsigned int size, _Bool kernel,
	     int ret)
{
	return 1;
}
#else
SEC("tp_btf/sys_enter")
int BPF_PROG(override)
{
	char nothing = 0;

	bpf_probe_write_user((void *)8, &nothing, sizeof(nothing));
	return 0;
}
#endif
