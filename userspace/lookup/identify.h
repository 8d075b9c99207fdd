/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - From an open file to how BPF programs will know it
 */

#ifndef EXECLOCK_IDENTIFY_H
#define EXECLOCK_IDENTIFY_H

#include <linux/types.h>

#include "bpf/execlock.h"

struct bpf_program;

/**
 * identify - Ask the kernel which file a descriptor refers to
 *
 * @program: The program of bpf/identify.bpf.c, loaded.
 * @fd: File descriptor of this process.
 * @answer: Set to the answer.
 *
 * Return: 0, or -1 with errno set.
 */
int identify(const struct bpf_program *program, int fd,
	     struct execlock_fd *answer);

#endif /* EXECLOCK_IDENTIFY_H */
