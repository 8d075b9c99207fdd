/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Rules for names in directories
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_PLACE_H
#define _SECURITY_LANDLOCK_PLACE_H

#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/path.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "object.h"

/**
 * struct landlock_place - Name in a directory
 *
 * A rule for a place is for the file that has this name, whichever it is.
 * Places with the same directory and name are equal.  The ones of rules are
 * immutable and share their memory.
 */
struct landlock_place {
	/**
	 * @parent: Object of the directory, with a reference to it if this place
	 * is from landlock_create_place().
	 */
	struct landlock_object *parent;
	/**
	 * @name: One component of a path, without a terminating null byte.
	 */
	const char *name;
	/**
	 * @len: Number of bytes of @name, from 1 to %NAME_MAX.
	 */
	u32 len;
	/**
	 * @hash: Hash of @parent and @name.
	 */
	u32 hash;
	/**
	 * @usage: Number of rules that refer to this place.
	 */
	refcount_t usage;
	/**
	 * @buffer: The bytes of @name, if this place is from
	 * landlock_create_place().
	 */
	char buffer[];
};

/**
 * struct landlock_dentry_place - Place of a dentry, at some time
 */
struct landlock_dentry_place {
	/**
	 * @place: The place, as a key of rules.  It has no directory if no rule
	 * can be for it.
	 */
	struct landlock_place place;
	/**
	 * @snapshot: The name of the dentry, to which @place refers.
	 */
	struct name_snapshot snapshot;
};

struct landlock_place *landlock_create_place(struct landlock_object *const parent,
					     const char *const name,
					     const size_t len);

void landlock_put_place(struct landlock_place *const place);

DEFINE_FREE(landlock_put_place, struct landlock_place *,
	    IS_ERR_OR_NULL(_T) ? (void)0 : landlock_put_place(_T))

static inline void landlock_get_place(struct landlock_place *const place)
{
	refcount_inc(&place->usage);
}

int landlock_compare_places(const struct landlock_place *const a,
			    const struct landlock_place *const b);

int landlock_check_place(const struct path *const parent,
			 const char *const name, const size_t len);

const char *landlock_resolve_place(const struct path *const parent,
				   const struct landlock_place *const place,
				   char *const buffer);

struct dentry *
landlock_get_dentry_place(struct dentry *const child,
			  struct landlock_dentry_place *const place);

static inline void
landlock_put_dentry_place(struct landlock_dentry_place *const place)
{
	release_dentry_name_snapshot(&place->snapshot);
}

#endif /* _SECURITY_LANDLOCK_PLACE_H */
