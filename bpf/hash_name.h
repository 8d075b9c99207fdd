/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The hash of a name in the kernel's memory
 */

#ifndef EXECLOCK_HASH_NAME_H
#define EXECLOCK_HASH_NAME_H

#include "kernel_types.h"

#include "execlock.h"

/* Of a file or of a cgroup. */
#define MAX_NAME 255

void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym;

/*
 * Adds the hash of a name that is in the kernel's memory, of which up to seven
 * bytes more may be read and do not count.  An ordinary loop, because bpf_for()
 * calls a function for each round.
 */
static __noinline __u64 hash_name(__u64 hash, const char *name)
{
	const __u64 ones = ~0ULL / 255;
	const __u64 *const words = bpf_rdonly_cast(name, 0);
	int i;

	for (i = 0; i <= MAX_NAME / 8; i++) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		const __u64 word = __builtin_bswap64(words[i]);
#else
		const __u64 word = words[i];
#endif
		/* The lowest bit that is set here is the highest of a NUL. */
		const __u64 nul = (word - ones) & ~word & ones << 7;

		if (nul)
			return execlock_hash(hash,
					     word & (((nul & -nul) >> 7) - 1));
		hash = execlock_hash(hash, word);
	}
	return hash;
}

#endif /* EXECLOCK_HASH_NAME_H */
