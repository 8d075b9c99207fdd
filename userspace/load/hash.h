/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The hashes that the BPF programs know names by
 */

#ifndef EXECLOCK_HASH_H
#define EXECLOCK_HASH_H

#include <endian.h>
#include <string.h>

#include "bpf/execlock.h"

/**
 * hash_name - Add a name to a hash, see execlock_hash()
 *
 * @hash: Hash of the text before it, or %EXECLOCK_HASH_INIT.
 * @name: The name.
 * @size: Its size in bytes.
 *
 * Return: the hash.
 */
static inline __u64 hash_name(__u64 hash, const char *name, size_t size)
{
	__u64 word;

	for (; size >= sizeof(word); size -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		hash = execlock_hash(hash, le64toh(word));
		name += sizeof(word);
	}
	/* There is room for the NUL. */
	word = 0;
	memcpy(&word, name, size);
	return execlock_hash(hash, le64toh(word));
}

/**
 * hash_path - Make the hash of a path
 *
 * @path: It begins with a slash.
 * @size: Its size in bytes.
 *
 * Return: the hash.
 */
static inline __u64 hash_path(const char *path, size_t size)
{
	__u64 hash = EXECLOCK_HASH_INIT;
	const char *const end = path + size;

	while (path < end) {
		const char *const name = path + 1;
		const char *slash = memchr(name, '/', end - name);

		path = slash ?: end;
		if (path > name)
			hash = hash_name(hash, name, path - name);
	}
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
	return execlock_id(hash_name(EXECLOCK_HASH_INIT, name, strlen(name)));
}

/**
 * hash_trial - Make the ID of a policy that is on trial
 *
 * @name: Its name.
 *
 * Return: the ID, which that of no name is likely to be.
 */
static inline __u32 hash_trial(const char *name)
{
	/* No name has a slash. */
	const __u64 hash = hash_name(EXECLOCK_HASH_INIT, "/", 1);

	return execlock_id(hash_name(hash, name, strlen(name)));
}

#endif /* EXECLOCK_HASH_H */
