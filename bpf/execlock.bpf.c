// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put programs into their Landlock domain as they are executed
 *
 * An exec goes through a chain of files: the one that was named and, for a
 * "#!" script or a binfmt_misc format, an interpreter, which may have an
 * interpreter of its own.  For each of these files, the policies whose
 * conditions all hold are staged, in their order, unless they are staged
 * already.  Staging only adds: no policy ever takes the place of another one.
 *
 * Several sets of policies can be loaded, each with a number, its generation.
 * An exec looks once which one is in force, and stays with it.  It looks at its
 * first file, or if there was no set then, or these programs were not attached
 * yet, at the next one.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>
#include <stdbool.h>

#include "execlock.h"
#include "gain.h"
#include "limit.h"

/* More than a path can have components, or a hierarchy of cgroups levels. */
#define MAX_DEPTH 4096

/* Of a file or of a cgroup. */
#define MAX_NAME 255

/* How often memory is asked for. */
#define MAX_TRIES 16

/* There are that many places for notes, as a power of two. */
#define NOTE_BITS 10

/* The kernel's NGROUPS_MAX. */
#define MAX_GROUPS 65536

#define WORDS (EXECLOCK_POLICIES / 64)

char LICENSE[] SEC("license") = "GPL";

void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym;

/*
 * The set in force: its header, in an array of one.  Without it, no exec begins
 * to be subject to a policy.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} current SEC(".maps");

/*
 * The sets: maps by the place of their generation.  The loader makes the inner
 * ones, it knows their sizes.  Not a hash, which would take longer to search
 * than anything else that is done for an exec here.
 */
#define SETS								\
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);			\
	__uint(max_entries, EXECLOCK_PLACES);				\
	__type(key, __u32);						\
	__type(value, __u32)

/*
 * As in "current".  It tells which generation has a place: before the loader
 * takes the other maps of a set away or puts them there, it does so with this.
 */
struct {
	SETS;
} header_sets SEC(".maps");

/* Hash from struct execlock_key to struct execlock_match. */
struct {
	SETS;
} match_sets SEC(".maps");

/* Array of struct execlock_policy. */
struct {
	SETS;
} policy_sets SEC(".maps");

/*
 * The rulesets of all sets.  A policy that did not change keeps its place from
 * one set to the next: the layer that a task has from it is then the same, and
 * it gets no other one.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, EXECLOCK_RULESETS);
	__type(key, __u32);
	__type(value, struct execlock_ruleset);
} rulesets SEC(".maps");

/* Only for its type, which the loader gives the map of a set. */
const struct execlock_policy policy_layout;

/*
 * A task has none until it executes something that a policy matches.  There is
 * one for all that is to be known, because each costs more than an exec's whole
 * way through these programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct execlock_task);
} confined SEC(".maps");

/*
 * The one of another build, whose programs these replace.  It is only there
 * while they are loaded, and only if both mean the same by it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct execlock_task);
} former SEC(".maps");

static __always_inline struct execlock_task *get_task(void)
{
	return bpf_task_storage_get(&confined, bpf_get_current_task_btf(), NULL,
				    0);
}

/*
 * It is the root memory cgroup that pays, so no limit can make this fail.  The
 * kernel does not wait for memory here, but that can be done: no user can make
 * it fail by using up what is free.
 */
static __always_inline struct execlock_task *make_task(struct task_struct *task)
{
	struct execlock_task *made;
	int i;

	for (i = 0; i < MAX_TRIES; i++) {
		made = bpf_task_storage_get(&confined, task, NULL,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
		if (made)
			return made;
		if (bpf_ksym_exists(bpf_wait_for_memory))
			bpf_wait_for_memory();
	}
	return NULL;
}

/**
 * struct note - An exec of which no file had a policy so far
 *
 * Most are of this kind, and what is to be known of them, to go on with the
 * same set, goes here.
 *
 * @task: The task, or zero if the place is free.  Only to be compared.
 * @generation: As in struct execlock_exec.
 * @zero: Padding.
 * @eligible: As in struct execlock_exec.
 */
struct note {
	__u64 task;
	__u32 generation;
	__u32 zero;
	struct execlock_mask eligible;
};

/*
 * Each task has its place, which it may share with others.  Whoever finds it
 * taken makes a storage instead.  This is rare: an exec that succeeds leaves
 * it, and the next exec of a task does after one that failed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << NOTE_BITS);
	__type(key, __u32);
	__type(value, struct note);
} notes SEC(".maps");

static __always_inline __u64 this_task(void)
{
	return bpf_get_current_task();
}

static __always_inline struct note *find_note(void)
{
	/* Knuth's multiplicative hash. */
	const __u32 place = this_task() * 0x9e3779b97f4a7c15ULL >>
			    (64 - NOTE_BITS);

	return bpf_map_lookup_elem(&notes, &place);
}

/* Returns false if another task has this place. */
static __always_inline bool take_note(__u32 generation,
				      const struct execlock_mask *eligible)
{
	struct note *const note = find_note();

	if (!note || __sync_val_compare_and_swap(&note->task, 0, this_task()))
		return false;
	note->generation = generation;
	note->eligible = *eligible;
	return true;
}

/* Returns this task's note, or NULL if it has none. */
static __always_inline struct note *own_note(void)
{
	struct note *const note = find_note();

	return note && note->task == this_task() ? note : NULL;
}

static __always_inline void drop_note(void)
{
	struct note *const note = own_note();

	if (note)
		note->task = 0;
}

/*
 * Finds the header of a set.  Generations are never used again, so a set that
 * an exec began with is either there or not, but never another one.
 */
static __always_inline const struct execlock_header *
find_header(__u32 generation)
{
	const __u32 place = execlock_place(generation);
	void *const map = bpf_map_lookup_elem(&header_sets, &place);
	const __u32 zero = 0;
	const struct execlock_header *const header =
		map ? bpf_map_lookup_elem(map, &zero) : NULL;

	return header && header->generation == generation ? header : NULL;
}

/*
 * Whether the other maps that were found in the place of a set are its own:
 * they are if its header is still there.
 */
static __always_inline bool found_in(__u32 generation)
{
	__u64 nothing = 0;

	/* Atomic operations that return a value are full barriers. */
	__sync_lock_test_and_set(&nothing, 1);
	return find_header(generation);
}

/* The header of the set in force. */
static __always_inline const struct execlock_header *find_current(void)
{
	const __u32 zero = 0;
	void *const map = bpf_map_lookup_elem(&current, &zero);

	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

/*
 * What an exec gets whose set is gone: no policy at all if they were unloaded
 * meanwhile, else the advice to try again.  It gets no part of its policies.
 */
static __always_inline int set_is_gone(const struct execlock_task *task)
{
	if (task && task->exec.num_staged)
		return -EAGAIN;
	return find_current() ? -EAGAIN : 0;
}

static __always_inline bool mask_empty(const struct execlock_mask *mask)
{
	__u64 any = 0;
	int i;

	for (i = 0; i < WORDS; i++)
		any |= mask->word[i];
	return !any;
}

static __always_inline void mask_or(struct execlock_mask *mask,
				    const struct execlock_mask *other)
{
	int i;

	for (i = 0; i < WORDS; i++)
		mask->word[i] |= other->word[i];
}

static __always_inline void mask_and(struct execlock_mask *mask,
				     const struct execlock_mask *other)
{
	int i;

	for (i = 0; i < WORDS; i++)
		mask->word[i] &= other->word[i];
}

/* Takes the first policy out of a mask, if there is one. */
static __always_inline bool mask_take(struct execlock_mask *mask, __u32 *index)
{
	int i;

	for (i = 0; i < WORDS; i++) {
		const __u64 word = mask->word[i];

		if (!word)
			continue;
		*index = i * 64 + __builtin_ctzll(word);
		mask->word[i] = word & (word - 1);
		return true;
	}
	return false;
}

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

/**
 * struct set - A set of policies, opened
 *
 * @header: Its header.
 * @matches: Its map from keys to policies, or NULL as long as none is sought.
 * @gone: Whether it was removed before all of it was looked at: then what was
 *        found does not count.
 */
struct set {
	const struct execlock_header *header;
	void *matches;
	bool gone;
};

/* Opens a set by its header, and returns whether there is one. */
static __always_inline bool open_set(struct set *set,
				     const struct execlock_header *header)
{
	set->header = header;
	set->matches = NULL;
	set->gone = false;
	return set->header;
}

static __always_inline bool depends_on(const struct set *set,
				       enum execlock_condition condition)
{
	return set->header->conditions & (1U << condition);
}

/* Finds out what @key leads to, NULL if nowhere. */
static __always_inline const struct execlock_match *
find_match(struct set *set, const struct execlock_key *key)
{
	const __u32 bit = execlock_filter_bit(key);

	if (!(set->header->filter[bit / 64] & (1ULL << bit % 64)))
		return NULL;
	if (!set->matches) {
		const __u32 generation = set->header->generation;
		const __u32 place = execlock_place(generation);

		set->matches = bpf_map_lookup_elem(&match_sets, &place);
		set->gone = !set->matches || !found_in(generation);
	}
	if (set->gone)
		return NULL;
	return bpf_map_lookup_elem(set->matches, key);
}

/* Adds the policies that name @key. */
static __always_inline void add_matches(struct set *set,
					const struct execlock_key *key,
					struct execlock_mask *mask)
{
	const struct execlock_match *const match = find_match(set, key);

	if (match)
		mask_or(mask, &match->mask);
}

static __always_inline void match_user(struct set *set,
				       const struct cred *cred,
				       struct execlock_mask *mask)
{
	const struct execlock_key key = {
		.condition = EXECLOCK_USER,
		.number = cred->euid.val,
	};

	add_matches(set, &key, mask);
}

static __always_inline void match_groups(struct set *set,
					 const struct cred *cred,
					 struct execlock_mask *mask)
{
	struct execlock_key key = {
		.condition = EXECLOCK_GROUP,
		.number = cred->egid.val,
	};
	const struct group_info *info = cred->group_info;
	const int count = info->ngroups;
	const void *gids;
	__u32 gid;
	int i;

	add_matches(set, &key, mask);
	gids = (void *)info + bpf_core_field_offset(struct group_info, gid);
	bpf_for(i, 0, MAX_GROUPS) {
		if (i >= count ||
		    bpf_probe_read_kernel(&gid, sizeof(gid),
					  gids + i * sizeof(gid)))
			break;
		key.number = gid;
		add_matches(set, &key, mask);
	}
}

/*
 * A policy for a cgroup holds for those below it.  Paths and not numbers are
 * compared, because a service has a new cgroup each time that it starts.
 */
static __always_inline void match_cgroups(struct set *set,
					  struct execlock_mask *mask)
{
	struct execlock_key key = {
		.condition = EXECLOCK_CGROUP,
		.number = EXECLOCK_HASH_INIT,
	};
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 hash = EXECLOCK_HASH_INIT;
	const struct cgroup *cgroup;
	const void *ancestors;
	int i, level;

	add_matches(set, &key, mask);
	bpf_rcu_read_lock();
	cgroup = task->cgroups->dfl_cgrp;
	level = cgroup->level;
	ancestors = (void *)cgroup +
		    bpf_core_field_offset(struct cgroup, ancestors);
	/* The root is at level 0. */
	bpf_for(i, 1, MAX_DEPTH) {
		const struct cgroup *ancestor;

		if (i > level ||
		    bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
					  ancestors + i * sizeof(ancestor)))
			break;
		hash = hash_name(hash, BPF_CORE_READ(ancestor, kn, name));
		key.number = hash;
		add_matches(set, &key, mask);
	}
	bpf_rcu_read_unlock();
}

static __always_inline void match_namespace(struct set *set,
					    const struct cred *cred,
					    struct execlock_mask *mask)
{
	const struct execlock_key key = {
		.condition = EXECLOCK_NAMESPACE,
		.number = !!cred->user_ns->level,
	};

	add_matches(set, &key, mask);
}

static __always_inline void match_parent(struct set *set,
					 struct execlock_mask *mask)
{
	struct execlock_key key = { .condition = EXECLOCK_PARENT };
	const struct execlock_task *const task = get_task();
	const struct execlock_under *under;
	__u32 i;

	if (!task)
		return;
	under = &task->under;
	bpf_for(i, 0, EXECLOCK_LAYERS) {
		if (i >= under->count)
			break;
		key.number = under->ids[i & (EXECLOCK_LAYERS - 1)];
		add_matches(set, &key, mask);
	}
}

/*
 * As set when the user logged in, which who is logged in cannot change without
 * CAP_AUDIT_CONTROL in the initial user namespace.
 */
static __always_inline void match_login(struct set *set,
					struct execlock_mask *mask)
{
	struct execlock_key key = { .condition = EXECLOCK_LOGIN };
	const struct task_struct *const task = bpf_get_current_task_btf();

	/* The loader refuses policies that depend on it where it is not. */
	if (!bpf_core_field_exists(task->loginuid))
		return;
	key.number = task->loginuid.val;
	add_matches(set, &key, mask);
}

/* The policies of which the conditions hold that are not about files. */
static __always_inline void find_eligible(struct set *set,
					  const struct linux_binprm *bprm,
					  struct execlock_mask *eligible)
{
	const struct execlock_header *const header = set->header;
	const struct cred *const cred = bprm->cred;
	struct execlock_mask mask;

	*eligible = header->all;
	if (depends_on(set, EXECLOCK_USER)) {
		mask = header->without[EXECLOCK_USER];
		match_user(set, cred, &mask);
		mask_and(eligible, &mask);
	}
	if (depends_on(set, EXECLOCK_GROUP)) {
		mask = header->without[EXECLOCK_GROUP];
		match_groups(set, cred, &mask);
		mask_and(eligible, &mask);
	}
	if (depends_on(set, EXECLOCK_CGROUP)) {
		mask = header->without[EXECLOCK_CGROUP];
		match_cgroups(set, &mask);
		mask_and(eligible, &mask);
	}
	if (depends_on(set, EXECLOCK_NAMESPACE)) {
		mask = header->without[EXECLOCK_NAMESPACE];
		match_namespace(set, cred, &mask);
		mask_and(eligible, &mask);
	}
	if (depends_on(set, EXECLOCK_PARENT)) {
		mask = header->without[EXECLOCK_PARENT];
		match_parent(set, &mask);
		mask_and(eligible, &mask);
	}
	if (depends_on(set, EXECLOCK_LOGIN)) {
		mask = header->without[EXECLOCK_LOGIN];
		match_login(set, &mask);
		mask_and(eligible, &mask);
	}
}

static __always_inline void identify_inode(const struct inode *inode,
					   struct execlock_key *key)
{
	key->number = inode->i_ino;
	key->name = inode->i_generation;
}

/*
 * An executable is known both as the file that it was when the policy was
 * loaded, and by its name in its directory, so that the policy is also that of
 * the file that an upgrade puts there.
 */
static __always_inline void match_executable(struct set *set,
					     const struct file *file,
					     struct execlock_mask *mask)
{
	const struct inode *const inode = file->f_inode;
	struct execlock_key key = {
		.condition = EXECLOCK_EXECUTABLE,
		.by_name = 1,
		.device = inode->i_sb->s_dev,
	};
	const struct execlock_match *match;
	const struct dentry *dentry;

	bpf_rcu_read_lock();
	dentry = file->f_path.dentry;
	key.number = dentry->d_parent->d_inode->i_ino;
	key.name = hash_name(EXECLOCK_HASH_INIT,
			     (const char *)dentry->d_name.name);
	bpf_rcu_read_unlock();
	match = find_match(set, &key);
	key.by_name = 0;
	identify_inode(inode, &key);
	/* Unless it was replaced, one search is enough. */
	if (match && match->file.inode == key.number &&
	    match->file.generation == key.name &&
	    match->file.device == key.device) {
		mask_or(mask, &match->both);
		return;
	}
	if (match)
		mask_or(mask, &match->mask);
	add_matches(set, &key, mask);
}

/*
 * Goes up to the root of the file system, whatever part of it is mounted: what
 * a directory has is in it by any path.
 *
 * Returns -ELOOP if there is no end to it.
 */
static __always_inline int match_directories(struct set *set,
					     const struct file *file,
					     struct execlock_mask *mask)
{
	struct execlock_key key = {
		.condition = EXECLOCK_DIRECTORY,
		.device = file->f_inode->i_sb->s_dev,
	};
	const struct dentry *dentry, *parent;
	int err = -ELOOP;
	int i;

	bpf_rcu_read_lock();
	dentry = file->f_path.dentry;
	bpf_for(i, 0, MAX_DEPTH) {
		parent = dentry->d_parent;
		if (parent == dentry) {
			err = 0;
			break;
		}
		dentry = parent;
		identify_inode(dentry->d_inode, &key);
		add_matches(set, &key, mask);
	}
	bpf_rcu_read_unlock();
	return err;
}

/* Whether one of the policies in @mask has a condition. */
static __always_inline bool some_depend_on(const struct set *set,
					   enum execlock_condition condition,
					   const struct execlock_mask *mask)
{
	const struct execlock_mask *const without =
		&set->header->without[condition];
	__u64 any = 0;
	int i;

	if (!depends_on(set, condition))
		return false;
	for (i = 0; i < WORDS; i++)
		any |= mask->word[i] & ~without->word[i];
	return any;
}

/* Takes out of @mask the policies that do not match a file. */
static __always_inline int match_file(struct set *set, const struct file *file,
				      struct execlock_mask *mask)
{
	const struct execlock_header *const header = set->header;
	struct execlock_mask some;

	if (depends_on(set, EXECLOCK_EXECUTABLE)) {
		some = header->without[EXECLOCK_EXECUTABLE];
		match_executable(set, file, &some);
		mask_and(mask, &some);
	}
	/* What is too deep is so only for the policies of directories. */
	if (some_depend_on(set, EXECLOCK_DIRECTORY, mask)) {
		int err;

		some = header->without[EXECLOCK_DIRECTORY];
		err = match_directories(set, file, &some);
		if (err)
			return err;
		mask_and(mask, &some);
	}
	return 0;
}

/*
 * Remembers what an exec is subject to, for its next file: the policies of this
 * one are eligible no more.  Returns false if there is no memory: what cannot be
 * remembered could not be completed.
 */
static __always_inline bool remember(struct execlock_task **task,
				     __u32 generation,
				     const struct execlock_mask *eligible,
				     const struct execlock_mask *found)
{
	struct execlock_exec *exec;
	int i;

	if (!*task)
		*task = make_task(bpf_get_current_task_btf());
	if (!*task)
		return false;
	exec = &(*task)->exec;
	exec->generation = generation;
	for (i = 0; i < WORDS; i++)
		exec->eligible.word[i] = eligible->word[i] & ~found->word[i];
	return true;
}

/* The task's last exec may have failed half-way. */
static __always_inline void forget(struct execlock_task *task)
{
	drop_note();
	if (!task)
		return;
	task->under.staged = 0;
	task->under.staged_guarded = 0;
	task->under.staged_no_new_privs = 0;
	__builtin_memset(&task->exec, 0, sizeof(task->exec));
}

/*
 * The first file of an exec that is subject to a set: finds out which policies
 * are in question, and which are those of this file.
 */
static __always_inline int begin(struct linux_binprm *bprm,
				 struct execlock_task **task,
				 struct execlock_mask *found)
{
	struct execlock_mask eligible;
	struct set set;
	int err;

	forget(*task);
	if (!open_set(&set, find_current()))
		return 0;
	find_eligible(&set, bprm, &eligible);
	*found = eligible;
	/* If there is none, none applies, whatever files follow. */
	err = mask_empty(&eligible) ? 0 :
				      match_file(&set, bprm->file, found);
	if (set.gone)
		return set_is_gone(*task);
	if (err)
		return err;
	/* Also an exec without any policy so far stays with its set. */
	if (!*task && mask_empty(found) &&
	    take_note(set.header->generation, &eligible))
		return 0;
	return remember(task, set.header->generation, &eligible, found) ?
	       0 : -ENOMEM;
}

/*
 * Whether an exec of which this is not the first file is subject to a set yet.
 *
 * What is known is not left from a former exec of the task: these programs were
 * attached then, so they were called for the first file of this exec, and
 * begin() forgot the former one.
 */
static __always_inline bool has_begun(const struct execlock_task *task)
{
	return task ? task->exec.generation : !!own_note();
}

/* Any file after that. */
static __always_inline int go_on(struct linux_binprm *bprm,
				 struct execlock_task **task,
				 struct execlock_mask *found)
{
	struct execlock_mask eligible;
	__u32 generation;
	struct set set;
	int err;

	if (*task) {
		generation = (*task)->exec.generation;
		eligible = (*task)->exec.eligible;
	} else {
		const struct note *const note = own_note();

		if (!note)
			return 0;
		generation = note->generation;
		eligible = note->eligible;
	}
	if (mask_empty(&eligible))
		return 0;
	if (!open_set(&set, find_header(generation)))
		return set_is_gone(*task);

	*found = eligible;
	err = match_file(&set, bprm->file, found);
	if (set.gone)
		return set_is_gone(*task);
	if (err || mask_empty(found))
		return err;
	return remember(task, generation, &eligible, found) ? 0 : -ENOMEM;
}

/*
 * Finds the place of a policy among those that the task is under, or will be if
 * its exec succeeds.  Returns EXECLOCK_LAYERS if it is none of them.
 */
static __always_inline __u32 find_under(const struct execlock_under *under,
					__u32 id)
{
	__u32 i;

	for (i = 0; i < EXECLOCK_LAYERS; i++) {
		if (i >= under->count + under->staged)
			break;
		if (under->ids[i] == id)
			return i;
	}
	return EXECLOCK_LAYERS;
}

/* There are at most as many as the task can be under. */
static __always_inline void remember_staged(struct execlock_exec *exec,
					    __u32 index, __u32 place)
{
	const __u32 next = exec->num_staged;

	exec->staged[next & (EXECLOCK_LAYERS - 1)] = index;
	exec->num_staged = next + 1;
	exec->staged_ids |= 1U << (place & (EXECLOCK_LAYERS - 1));
}

/*
 * Stages a policy, and remembers it.  Nothing is remembered of a failure.  If
 * the task has this layer already, the kernel does not add it again.
 */
static __always_inline int stage(struct linux_binprm *bprm,
				 struct execlock_task *task,
				 const struct execlock_policy *policy,
				 const struct bpf_landlock_ruleset *ruleset,
				 __u32 index)
{
	const __u32 flags = limit_flags(policy->flags, policy->no_new_privs,
					bprm->cred);
	struct execlock_under *const under = &task->under;
	__u32 place = find_under(under, policy->id);
	const bool known = place < EXECLOCK_LAYERS;
	int err;

	if (!known)
		place = under->count + under->staged;
	if (place >= EXECLOCK_LAYERS)
		return -E2BIG;
	err = bpf_landlock_restrict_binprm(bprm, ruleset, flags);
	if (err)
		return err;
	under->staged_guarded |= !policy->manages_policies;
	/* The first one that sets it, and not if the task has it already. */
	if (flags & LANDLOCK_RESTRICT_SELF_NO_NEW_PRIVS &&
	    !under->staged_no_new_privs &&
	    !never_gains(bpf_get_current_task_btf()))
		under->staged_no_new_privs = policy->id;
	if (!known) {
		under->ids[place & (EXECLOCK_LAYERS - 1)] = policy->id;
		under->staged++;
	}
	remember_staged(&task->exec, index, place);
	return 0;
}

static __always_inline int fail(struct execlock_policy *policy)
{
	/*
	 * The caller of execve(2) could not make sense of the real error, for
	 * example E2BIG.
	 */
	__sync_fetch_and_add(&policy->errors, 1);
	return policy->on_error == EXECLOCK_ALLOW ? 0 : -EACCES;
}

/* Puts the exec under the policy at @index. */
static __always_inline int confine_by(struct linux_binprm *bprm,
				      struct execlock_task *task,
				      void *policies, __u32 index)
{
	struct execlock_policy *const policy =
		bpf_map_lookup_elem(policies, &index);
	struct bpf_landlock_ruleset *ruleset;
	__u32 place;
	int err;

	if (!policy)
		return set_is_gone(task);
	place = policy->ruleset;
	ruleset = bpf_map_lookup_elem(&rulesets, &place);
	/* Of a set that is gone, the places may be those of another one. */
	if (!found_in(task->exec.generation)) {
		if (ruleset)
			bpf_landlock_put_ruleset(ruleset);
		return set_is_gone(task);
	}
	/* This does not fail, so it does not depend on what does. */
	if (policy->exec_no_new_privs)
		bpf_bprm_set_no_new_privs(bprm);
	/* An empty place is an error like any other: nothing is staged. */
	if (!ruleset)
		return fail(policy);
	err = stage(bprm, task, policy, ruleset, index);
	bpf_landlock_put_ruleset(ruleset);
	return err ? fail(policy) : 0;
}

/* Puts the exec under the policies in @found. */
static __always_inline int confine_by_all(struct linux_binprm *bprm,
					  struct execlock_task *task,
					  struct execlock_mask *found)
{
	const __u32 place = execlock_place(task->exec.generation);
	void *const policies = bpf_map_lookup_elem(&policy_sets, &place);
	__u32 index;
	int i, err;

	if (!policies)
		return set_is_gone(task);
	bpf_for(i, 0, EXECLOCK_POLICIES) {
		if (!mask_take(found, &index))
			break;
		err = confine_by(bprm, task, policies, index);
		if (err)
			return err;
	}
	return 0;
}

/* Counts the policies that are enforced now, unless their set is gone. */
static __always_inline void count_hits(const struct execlock_exec *exec)
{
	const __u32 place = execlock_place(exec->generation);
	void *const policies = bpf_map_lookup_elem(&policy_sets, &place);
	struct execlock_policy *policy;
	__u32 index;
	int i;

	if (!policies || !found_in(exec->generation))
		return;
	for (i = 0; i < EXECLOCK_LAYERS && i < exec->num_staged; i++) {
		index = exec->staged[i];
		policy = bpf_map_lookup_elem(policies, &index);
		if (policy)
			__sync_fetch_and_add(&policy->hits, 1);
	}
}

/* Called for each file of the chain, one after the other. */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(confine, struct linux_binprm *bprm)
{
	struct execlock_task *task = get_task();
	struct execlock_mask found = {};
	int err;

	/* Only an interpreter has another name than what was executed. */
	err = bprm->interp != bprm->filename && has_begun(task) ?
	      go_on(bprm, &task, &found) : begin(bprm, &task, &found);
	if (err || !task || mask_empty(&found))
		return err;
	return confine_by_all(bprm, task, &found);
}

/* The exec succeeded: the task is now under the policies. */
SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(committed, const struct linux_binprm *bprm)
{
	struct execlock_task *const task = get_task();

	drop_note();
	if (!task)
		return 0;
	if (task->exec.num_staged)
		count_hits(&task->exec);
	task->under.count += task->under.staged;
	task->under.staged = 0;
	task->under.guarded |= task->under.staged_guarded;
	task->under.staged_guarded = 0;
	if (task->under.staged_no_new_privs)
		task->under.no_new_privs = task->under.staged_no_new_privs;
	task->under.staged_no_new_privs = 0;
	return 0;
}

/* A child is under the policies that its parent is under. */
SEC("lsm.s/task_alloc")
int BPF_PROG(forked, struct task_struct *child)
{
	const struct execlock_task *const task = get_task();
	struct execlock_task *copy;

	if (!task || !task->under.count)
		return 0;
	copy = make_task(child);
	if (!copy)
		return -ENOMEM;
	copy->under = task->under;
	/* By an exec that failed. */
	copy->under.staged = 0;
	copy->under.staged_guarded = 0;
	copy->under.staged_no_new_privs = 0;
	return 0;
}

/* The context of the next program, which kernel_types.h does without. */
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} CORE;

/*
 * Makes a task be under the policies that it is under according to "former".
 * Returns 1, on which the loader gets EAGAIN, if there is no memory.
 */
SEC("iter.s/task")
int take_over(struct bpf_iter__task *ctx)
{
	struct task_struct *const task = ctx->task;
	const struct execlock_task *known;
	struct execlock_task copy = {};

	/* The end of the list. */
	if (!task)
		return 0;
	known = bpf_task_storage_get(&former, task, NULL, 0);
	if (!known || !known->under.count)
		return 0;
	copy.under = known->under;
	/* By an exec that another set decides on. */
	copy.under.staged = 0;
	copy.under.staged_guarded = 0;
	copy.under.staged_no_new_privs = 0;
	/* A task that has one here was forked from one that had. */
	return !bpf_task_storage_get(&confined, task, &copy,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/*
 * Tells the loader which file one of its descriptors refers to, the way that the
 * programs above will see it.  Nothing in user space can tell for all file
 * systems: stat(2) has other numbers on btrfs and overlayfs.
 */
SEC("syscall")
int identify(struct execlock_fd *request)
{
	struct task_struct *const task = bpf_get_current_task_btf();
	struct file *file = NULL;
	struct file **files;
	struct inode *inode;

	files = BPF_CORE_READ(task, files, fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + request->fd);
	inode = BPF_CORE_READ(file, f_inode);
	request->file.inode = BPF_CORE_READ(inode, i_ino);
	request->file.generation = BPF_CORE_READ(inode, i_generation);
	request->file.device = BPF_CORE_READ(inode, i_sb, s_dev);
	request->address = (__u64)inode;
	return 0;
}
