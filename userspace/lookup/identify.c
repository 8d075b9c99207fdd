// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From an open file to how BPF programs will know it
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "identify.h"

int identify(const struct bpf_program *program, int fd,
	     struct execlock_fd *answer)
{
	LIBBPF_OPTS(bpf_test_run_opts, options,
		    .ctx_in = answer, .ctx_size_in = sizeof(*answer));
	int err;

	*answer = (struct execlock_fd){ .fd = fd };
	err = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
	if (err)
		return -1;
	if (answer->address)
		return 0;
	errno = EBADF;
	return -1;
}
