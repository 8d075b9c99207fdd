/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Variables in the environment of an exec that put code of the
 *            caller's choice into the program
 *
 * They tell the dynamic loader, or the C library, which libraries to load.  Both
 * ignore them in a program that gains privileges by its file, and there is no
 * way for a BPF program to have them ignored elsewhere.
 */

#ifndef EXECLOCK_ENVIRONMENT_H
#define EXECLOCK_ENVIRONMENT_H

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <stdbool.h>

/* Of what is read in one step. */
#define ENVIRONMENT_STEP 128

/* More steps than arguments and variables of 2 MiB take, if they are not tiny. */
#define ENVIRONMENT_STEPS (1 << 17)

int bpf_copy_from_user_str(void *dst, __u32 dst__sz, const void *unsafe_ptr,
			   __u64 flags) __ksym;

static __always_inline bool begins_with(const char *text, const char *prefix,
					int size)
{
	int i;

	for (i = 0; i < size; i++)
		if (text[i] != prefix[i])
			return false;
	return true;
}

/* Whether a variable is one of them: all of ld.so(8), and of the C library. */
static __always_inline bool loads_code(const char *variable)
{
	return begins_with(variable, "LD_", 3) ||
	       begins_with(variable, "GCONV_PATH=", 11) ||
	       begins_with(variable, "GLIBC_TUNABLES=", 15);
}

/*
 * Whether the environment of an exec may put other code into the program.  It
 * does if not all of it can be read.  Called when the program's memory is that
 * of the current task, and has the arguments and the variables on its stack.
 */
static __always_inline bool environment_loads_code(const struct linux_binprm *bprm)
{
	const unsigned long end = bprm->exec;
	unsigned long address = bprm->p;
	const int first = bprm->argc;
	bool begins = true;
	int strings = 0;
	int i, size;

	bpf_for(i, 0, ENVIRONMENT_STEPS) {
		char text[ENVIRONMENT_STEP] = {};

		if (address >= end)
			return false;
		size = bpf_copy_from_user_str(text, sizeof(text),
					      (const void *)address, 0);
		if (size <= 0)
			return true;
		if (begins && strings >= first && loads_code(text))
			return true;
		/* A string that is longer goes on where its NUL was put. */
		begins = size < ENVIRONMENT_STEP;
		address += begins ? size : size - 1;
		strings += begins;
	}
	return true;
}

#endif /* EXECLOCK_ENVIRONMENT_H */
