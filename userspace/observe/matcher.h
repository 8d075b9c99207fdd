/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Ask the kernel which policies an exec would be put under
 *
 * A BPF program decides it, with the code of the programs that confine and in
 * their policy set; see bpf/matching.h.
 */

#ifndef EXECLOCK_MATCHER_H
#define EXECLOCK_MATCHER_H

#include <sys/types.h>

#include "bpf/explain.h"

struct explain_bpf;
struct loaded;

/**
 * struct matcher - An exec that is asked about
 *
 * @bpf: The BPF program.
 * @generation: The policy set that it is to use.
 * @pid: The process that would execute.
 * @answer: The policies of the files that were asked for, and why.
 */
struct matcher {
	struct explain_bpf *bpf;
	__u32 generation;
	pid_t pid;
	const struct explain_answer *answer;
};

/**
 * matcher_open - Get ready to ask
 *
 * @matcher: Filled in; release it with matcher_close(), also after an error.
 * @loaded: The policy set in force.
 * @pid: The process that would execute.
 *
 * Return: 0, or -1 with the error reported.
 */
int matcher_open(struct matcher *matcher, const struct loaded *loaded,
		 pid_t pid);

/**
 * matcher_begin - Begin another exec
 *
 * @matcher: The matcher.
 */
void matcher_begin(const struct matcher *matcher);

/**
 * matcher_ask - Ask about the next file of the exec, and report no error
 *
 * @matcher: The matcher.
 * @fd: The file.
 * @number: Its number in the exec, from 0.
 *
 * Return: 0; -EAGAIN if another set is in force; another negative errno if the
 * process has ended, or its exec would fail.
 */
int matcher_ask(const struct matcher *matcher, int fd, size_t number);

/**
 * matcher_add_file - Ask about the next file of the exec
 *
 * @matcher: The matcher.
 * @fd: The file.
 * @number: Its number in the exec, from 0.
 * @name: Its name, for messages.
 *
 * Return: 0, or -1 with the error reported.
 */
int matcher_add_file(const struct matcher *matcher, int fd, size_t number,
		     const char *name);

/**
 * matcher_close - Release a matcher
 *
 * @matcher: The matcher, or zeroes.
 */
void matcher_close(const struct matcher *matcher);

#endif /* EXECLOCK_MATCHER_H */
