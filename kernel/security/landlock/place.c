// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock - Rules for names in directories
 *
 * Copyright © 2026 The execlock authors
 */

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/stringhash.h>
#include <linux/string.h>

#include "frozen.h"
#include "fs.h"
#include "object.h"
#include "place.h"
#include "ruleset.h"

static void set_place(struct landlock_place *const place,
		      struct landlock_object *const parent,
		      const char *const name, const size_t len)
{
	place->parent = parent;
	place->name = name;
	place->len = len;
	place->hash = full_name_hash(parent, name, len);
}

/**
 * landlock_create_place - Create a place for rules
 *
 * @parent: Object of the directory, to which the place gets its own reference.
 * @name: Name in this directory, which landlock_check_place() accepted.
 * @len: Number of bytes of @name.
 *
 * Return: A place with a reference owned by the caller, or ERR_PTR(-ENOMEM).
 */
struct landlock_place *landlock_create_place(struct landlock_object *const parent,
					     const char *const name,
					     const size_t len)
{
	struct landlock_place *const place =
		kzalloc_flex(*place, buffer, len, GFP_KERNEL_ACCOUNT);

	if (!place)
		return ERR_PTR(-ENOMEM);

	memcpy(place->buffer, name, len);
	landlock_get_object(parent);
	set_place(place, parent, place->buffer, len);
	refcount_set(&place->usage, 1);
	return place;
}

/**
 * landlock_put_place - Drop a reference to a place of rules
 *
 * @place: The place.
 *
 * Might sleep, as landlock_put_object() does.
 */
void landlock_put_place(struct landlock_place *const place)
{
	might_sleep();
	if (!refcount_dec_and_test(&place->usage))
		return;

	landlock_put_object(place->parent);
	kfree(place);
}

/**
 * landlock_compare_places - Put two places in an order
 *
 * @a: A place.
 * @b: Another one.
 *
 * Return: 0 if they are equal, or which one is first, as memcmp() does.
 */
int landlock_compare_places(const struct landlock_place *const a,
			    const struct landlock_place *const b)
{
	if (a->parent != b->parent)
		return cmp_int((uintptr_t)a->parent, (uintptr_t)b->parent);

	if (a->len != b->len)
		return cmp_int(a->len, b->len);

	return memcmp(a->name, b->name, a->len);
}

/*
 * A name must be the name of one file: the same bytes.  A filesystem that
 * compares in another way has operations for this, but with a character encoding
 * it uses them for casefolded directories only.
 */
static bool compares_bytes(const struct dentry *const dir)
{
	if (IS_CASEFOLDED(d_backing_inode(dir)))
		return false;

	return sb_has_encoding(dir->d_sb) ||
	       !(dir->d_flags & (DCACHE_OP_HASH | DCACHE_OP_COMPARE));
}

static bool is_component(const char *const name, const size_t len)
{
	if (!len || memchr(name, '/', len))
		return false;

	return !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

/**
 * landlock_check_place - Check that there can be a rule for a place
 *
 * @parent: The directory.
 * @name: A string of at most %NAME_MAX bytes.
 * @len: Number of bytes of @name, without a terminating null byte.
 *
 * Return: 0, or the error of sys_landlock_add_rule():
 *
 * - %-EINVAL: @name is empty, a dot, two dots, or has a slash;
 * - %-ENOTDIR: @parent is no directory;
 * - %-EOPNOTSUPP: several names may be the same one in @parent, e.g. because
 *   the case of letters does not matter.
 */
int landlock_check_place(const struct path *const parent,
			 const char *const name, const size_t len)
{
	if (!is_component(name, len))
		return -EINVAL;

	if (!d_is_dir(parent->dentry))
		return -ENOTDIR;

	if (!compares_bytes(parent->dentry))
		return -EOPNOTSUPP;

	return 0;
}

/**
 * landlock_find_place - Find the rule of a frozen ruleset for a place
 *
 * @table: Rules for places.
 * @place: The place.
 *
 * Return: The rule, with the same lifetime as @table, or NULL if there is none.
 */
const struct landlock_frozen_rule *
landlock_find_place(const struct landlock_frozen_table *const table,
		    const struct landlock_place *const place)
{
	unsigned long i = landlock_hash_data(place->hash, table);

	for (;; i = (i + 1) & table->mask) {
		const struct landlock_frozen_rule *const rule =
			&table->slots[i];

		if (rule->key.data == LANDLOCK_NO_KEY)
			return NULL;
		if (rule->key.place->hash == place->hash &&
		    !landlock_compare_places(rule->key.place, place))
			return rule;
	}
}

/**
 * landlock_resolve_place - Resolve the path of a place for tracepoint display
 *
 * @parent: The directory of the place.
 * @place: The place.
 * @buffer: A buffer of %PATH_MAX bytes.
 *
 * Return: A pointer into @buffer with the absolute path, or an error string, cf.
 * resolve_path_for_trace().
 */
const char *landlock_resolve_place(const struct path *const parent,
				   const struct landlock_place *const place,
				   char *const buffer)
{
	/* The path ends where the buffer does: before a slash and the name. */
	const size_t size = PATH_MAX - place->len - 1;
	char *const dir = d_absolute_path(parent, buffer, size);

	if (IS_ERR(dir))
		return PTR_ERR(dir) == -ENAMETOOLONG ? "<too_long>" :
						       "<unreachable>";

	buffer[size - 1] = '/';
	memcpy(buffer + size, place->name, place->len);
	buffer[PATH_MAX - 1] = '\0';

	/* The path of the root ends with a slash by itself. */
	return dir[1] == '/' ? dir + 1 : dir;
}

/*
 * Both values belong together: a file that is moved from a/x to b/y is never
 * taken for a/y nor for b/x, which may be places.
 */
static bool snapshot_name(struct name_snapshot *const snapshot,
			  struct dentry *const child,
			  const struct dentry *const parent)
{
	while (true) {
		const unsigned int seq = read_seqcount_begin(&child->d_seq);

		if (READ_ONCE(child->d_parent) != parent)
			return false;

		take_dentry_name_snapshot(snapshot, child);
		if (!read_seqcount_retry(&child->d_seq, seq))
			return true;

		release_dentry_name_snapshot(snapshot);
	}
}

/*
 * The object might be freed as soon as this returns, but it is only compared
 * with those of rules, which are alive.
 */
static struct landlock_object *get_dir_object(const struct dentry *const dir)
{
	const struct inode *const inode = d_backing_inode(dir);

	/* A directory can become casefolded after a rule for it. */
	if (IS_CASEFOLDED(inode))
		return NULL;

	return rcu_access_pointer(landlock_inode(inode)->object);
}

/**
 * landlock_get_dentry_place - Get the place of a dentry
 *
 * @child: The dentry, which is not a root.
 * @place: Where to store the place.  The caller must pass it to
 *         landlock_put_dentry_place().
 *
 * Return: The parent of @child at the time of @place, with a reference owned by
 * the caller.
 */
struct dentry *
landlock_get_dentry_place(struct dentry *const child,
			  struct landlock_dentry_place *const place)
{
	struct dentry *parent = dget_parent(child);

	while (!snapshot_name(&place->snapshot, child, parent)) {
		dput(parent);
		parent = dget_parent(child);
	}
	place->place.parent = get_dir_object(parent);
	if (place->place.parent)
		set_place(&place->place, place->place.parent,
			  place->snapshot.name.name, place->snapshot.name.len);
	return parent;
}

#ifdef CONFIG_SECURITY_LANDLOCK_KUNIT_TEST

static void test_components(struct kunit *const test)
{
	static const struct {
		const char *name;
		bool is_component;
	} names[] = {
		{ "", false },	  { ".", false },  { "..", false },
		{ "/", false },	  { "a/", false }, { "/a", false },
		{ "a/b", false }, { "a", true },   { "...", true },
		{ ".a", true },	  { "..a", true }, { "a.", true },
		{ "a b", true },  { "\xff", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_EQ_MSG(test, names[i].is_component,
				    is_component(names[i].name,
						 strlen(names[i].name)),
				    "%s", names[i].name);
}

static void release_nothing(struct landlock_object *const object)
	__releases(object->lock)
{
	spin_unlock(&object->lock);
}

static const struct landlock_object_underops test_underops = {
	.release = release_nothing,
};

static void put_object_action(void *const object)
{
	landlock_put_object(object);
}

static struct landlock_object *new_object(struct kunit *const test)
{
	struct landlock_object *const object =
		landlock_create_object(&test_underops, test);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, object);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_object_action,
						  object));
	return object;
}

static void put_ruleset_action(void *const ruleset)
{
	landlock_put_ruleset(ruleset);
}

static struct landlock_ruleset *new_ruleset(struct kunit *const test)
{
	struct landlock_ruleset *const ruleset =
		landlock_create_ruleset(LANDLOCK_ACCESS_FS_EXECUTE, 0, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ruleset);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, put_ruleset_action,
						  ruleset));
	return ruleset;
}

static void add_place(struct kunit *const test,
		      struct landlock_ruleset *const ruleset,
		      struct landlock_object *const parent,
		      const char *const name, const access_mask_t access)
{
	struct landlock_place *const place =
		landlock_create_place(parent, name, strlen(name));
	struct landlock_id id = {
		.key.place = place,
		.type = LANDLOCK_KEY_PLACE,
	};
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, place);
	scoped_guard(mutex, &ruleset->lock)
		err = landlock_insert_rule(ruleset, id, access, 0);
	landlock_put_place(place);
	KUNIT_ASSERT_EQ(test, 0, err);
}

static const struct landlock_frozen_rule *
find_place(const struct landlock_frozen *const frozen,
	   struct landlock_object *const parent, const char *const name)
{
	struct landlock_place place;
	const struct landlock_id id = {
		.key.place = &place,
		.type = LANDLOCK_KEY_PLACE,
	};

	set_place(&place, parent, name, strlen(name));
	return landlock_find_rule(frozen, id);
}

/* The name of a place in a walk does not end with a null byte. */
static void test_compare(struct kunit *const test)
{
	struct landlock_object *const a = new_object(test);
	struct landlock_object *const b = new_object(test);
	struct landlock_place first, second;

	set_place(&first, a, "nameX", 4);
	set_place(&second, a, "nameY", 4);
	KUNIT_EXPECT_EQ(test, first.hash, second.hash);
	KUNIT_EXPECT_EQ(test, 0, landlock_compare_places(&first, &second));

	set_place(&second, a, "name", 3);
	KUNIT_EXPECT_GT(test, landlock_compare_places(&first, &second), 0);
	KUNIT_EXPECT_LT(test, landlock_compare_places(&second, &first), 0);

	set_place(&second, a, "namf", 4);
	KUNIT_EXPECT_LT(test, landlock_compare_places(&first, &second), 0);

	set_place(&second, b, "name", 4);
	KUNIT_EXPECT_NE(test, 0, landlock_compare_places(&first, &second));
	KUNIT_EXPECT_EQ(test, landlock_compare_places(&first, &second) < 0,
			landlock_compare_places(&second, &first) > 0);
}

/* Rules for the same place are one rule, and a snapshot outlives its ruleset. */
static void test_rules(struct kunit *const test)
{
	struct landlock_object *const a = new_object(test);
	struct landlock_object *const b = new_object(test);
	struct landlock_ruleset *const ruleset = new_ruleset(test);
	const struct landlock_frozen_rule *rule;
	struct landlock_frozen *frozen;

	add_place(test, ruleset, a, "name", 1);
	add_place(test, ruleset, a, "name", 2);
	add_place(test, ruleset, b, "name", 4);
	add_place(test, ruleset, b, "other", 8);
	KUNIT_EXPECT_EQ(test, 3, ruleset->rules.num_rules);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&a->usage));
	KUNIT_EXPECT_EQ(test, 3, refcount_read(&b->usage));

	frozen = landlock_freeze_ruleset(ruleset);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
	KUNIT_EXPECT_EQ(test, 3, frozen->num_rules);
	KUNIT_EXPECT_EQ(test, 3, frozen->num_places);
	kunit_release_action(test, put_ruleset_action, ruleset);
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&a->usage));

	rule = find_place(frozen, a, "name");
	KUNIT_ASSERT_NOT_NULL(test, rule);
	KUNIT_EXPECT_EQ(test, 3, rule->access);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&rule->key.place->usage));
	rule = find_place(frozen, b, "name");
	KUNIT_ASSERT_NOT_NULL(test, rule);
	KUNIT_EXPECT_EQ(test, 4, rule->access);
	KUNIT_EXPECT_NULL(test, find_place(frozen, a, "other"));
	KUNIT_EXPECT_NULL(test, find_place(frozen, a, "nam"));
	landlock_put_frozen(frozen);
}

/* Two names may have the same hash. */
static void test_collision(struct kunit *const test)
{
	struct landlock_object *const parent = new_object(test);
	struct landlock_ruleset *const ruleset = new_ruleset(test);
	struct landlock_frozen *frozen;
	struct landlock_place place;

	add_place(test, ruleset, parent, "name", 1);
	frozen = landlock_freeze_ruleset(ruleset);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
	set_place(&place, parent, "name", 4);
	KUNIT_EXPECT_NOT_NULL(test,
			      landlock_find_place(&frozen->places, &place));
	place.name = "NAME";
	KUNIT_EXPECT_NULL(test, landlock_find_place(&frozen->places, &place));
	landlock_put_frozen(frozen);
}

/* Each place is found, or not, with each number of places. */
static void test_numbers(struct kunit *const test)
{
	struct landlock_object *const parent = new_object(test);
	struct landlock_ruleset *const ruleset = new_ruleset(test);
	char name[8];

	for (u32 num = 0; num < 100; num++) {
		struct landlock_frozen *const frozen =
			landlock_freeze_ruleset(ruleset);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, frozen);
		for (u32 i = 0; i <= 2 * num; i++) {
			snprintf(name, sizeof(name), "%u", i);
			KUNIT_ASSERT_EQ(test, !(i % 2) && i / 2 < num,
					!!find_place(frozen, parent, name));
		}
		landlock_put_frozen(frozen);
		snprintf(name, sizeof(name), "%u", 2 * num);
		add_place(test, ruleset, parent, name, 1);
	}
}

static struct kunit_case test_cases[] = {
	/* clang-format off */
	KUNIT_CASE(test_components),
	KUNIT_CASE(test_compare),
	KUNIT_CASE(test_rules),
	KUNIT_CASE(test_collision),
	KUNIT_CASE(test_numbers),
	{}
	/* clang-format on */
};

static struct kunit_suite test_suite = {
	.name = "landlock_place",
	.test_cases = test_cases,
};

kunit_test_suite(test_suite);

#endif /* CONFIG_SECURITY_LANDLOCK_KUNIT_TEST */
