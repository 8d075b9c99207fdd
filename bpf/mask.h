/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Some of the policies of a set
 *
 * For BPF programs, and for C programs that read their answers.
 */

#ifndef EXECLOCK_MASK_H
#define EXECLOCK_MASK_H

#include <linux/types.h>
#include <stdbool.h>

#include "execlock.h"

#define MASK_WORDS (EXECLOCK_POLICIES / 64)

static __always_inline bool mask_empty(const struct execlock_mask *mask)
{
	__u64 any = 0;
	int i;

	for (i = 0; i < MASK_WORDS; i++)
		any |= mask->word[i];
	return !any;
}

static __always_inline bool mask_has(const struct execlock_mask *mask,
				     __u32 index)
{
	return mask->word[index / 64] >> index % 64 & 1;
}

static __always_inline void mask_or(struct execlock_mask *mask,
				    const struct execlock_mask *other)
{
	int i;

	for (i = 0; i < MASK_WORDS; i++)
		mask->word[i] |= other->word[i];
}

static __always_inline void mask_and(struct execlock_mask *mask,
				     const struct execlock_mask *other)
{
	int i;

	for (i = 0; i < MASK_WORDS; i++)
		mask->word[i] &= other->word[i];
}

/* Sets a mask to the policies of another one, without those of a third. */
static __always_inline void mask_without(struct execlock_mask *mask,
					 const struct execlock_mask *all,
					 const struct execlock_mask *less)
{
	int i;

	for (i = 0; i < MASK_WORDS; i++)
		mask->word[i] = all->word[i] & ~less->word[i];
}

/* Takes the first policy out of a mask, if there is one. */
static __always_inline bool mask_take(struct execlock_mask *mask, __u32 *index)
{
	int i;

	for (i = 0; i < MASK_WORDS; i++) {
		const __u64 word = mask->word[i];

		if (!word)
			continue;
		*index = i * 64 + __builtin_ctzll(word);
		mask->word[i] = word & (word - 1);
		return true;
	}
	return false;
}

#endif /* EXECLOCK_MASK_H */
