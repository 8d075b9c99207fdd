/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The hashes that the BPF programs know names by
 */

#ifndef EXECLOCK_HASH_H
#define EXECLOCK_HASH_H

#include <string.h>

#include "../bpf/execlock.h"

/**
 * hash_bytes - Make a hash
 *
 * @bytes: Of what.
 * @size: Its size in bytes.
 *
 * Return: the hash.
 */
static inline __u64 hash_bytes(const void *bytes, size_t size)
{
	__u64 hash = EXECLOCK_HASH_INIT;
	const char *byte = bytes;

	while (size--)
		hash = execlock_hash(hash, *byte++);
	return hash;
}

/**
 * hash_policy - Make the ID of a policy
 *
 * @name: Its name.
 *
 * Return: the ID.
 */
static inline __u32 hash_policy(const char *name)
{
	return execlock_id(hash_bytes(name, strlen(name)));
}

#endif /* EXECLOCK_HASH_H */
