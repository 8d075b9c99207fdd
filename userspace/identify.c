// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - From an open file to how BPF programs will know it
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "identify.h"

/* Reads the records of the iterator until there is one about @fd. */
static int find(int iter, int fd, struct execlock_file *file)
{
	struct execlock_fd answer;
	ssize_t size;

	/* The stream is made of such records: this reads one at a time. */
	while ((size = read(iter, &answer, sizeof(answer))) > 0) {
		if (size != sizeof(answer)) {
			errno = EPROTO;
			return -1;
		}
		if (answer.fd == (__u32)fd) {
			*file = answer.file;
			return 0;
		}
	}
	if (size == 0)
		errno = ENOENT;
	return -1;
}

int identify(const struct bpf_program *program, int fd,
	     struct execlock_file *file)
{
	union bpf_iter_link_info self = { .task.pid = getpid() };
	struct bpf_iter_attach_opts opts;
	struct bpf_link *link;
	int iter, err;

	/* Also its padding has to be zero. */
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.link_info = &self;
	opts.link_info_len = sizeof(self);
	link = bpf_program__attach_iter(program, &opts);
	if (!link)
		return -1;
	iter = bpf_iter_create(bpf_link__fd(link));
	err = iter < 0 ? -1 : find(iter, fd, file);
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err;
}
