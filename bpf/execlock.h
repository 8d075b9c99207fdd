/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The layout of maps that BPF programs and the tool share
 */

#ifndef EXECLOCK_H
#define EXECLOCK_H

#include <linux/types.h>

/**
 * EXECLOCK_LAYERS - Policies that one exec can be put under
 *
 * The kernel's own limit, LANDLOCK_MAX_NUM_LAYERS.
 */
#define EXECLOCK_LAYERS 16

/** EXECLOCK_POLICIES - Policies in one set, a multiple of 64 */
#define EXECLOCK_POLICIES 256

/**
 * EXECLOCK_GENERATIONS - Sets that are kept when another one is loaded
 *
 * These are the one in force and former ones: an exec stays with the set that
 * it began with.
 */
#define EXECLOCK_GENERATIONS 8

/**
 * EXECLOCK_SLOTS - Slots for sets, a power of two
 *
 * There are more than sets, so that a slot stays empty before it is used again.
 */
#define EXECLOCK_SLOTS 16

/**
 * EXECLOCK_RULESETS - Slots for rulesets
 *
 * There are enough if no policy of the sets that are kept, nor of the next one,
 * has the ruleset of another one.
 */
#define EXECLOCK_RULESETS ((EXECLOCK_GENERATIONS + 1) * EXECLOCK_POLICIES)

/** EXECLOCK_NO_RULESET - Instead of the slot of a policy that has no ruleset */
#define EXECLOCK_NO_RULESET ((__u32)-1)

/** EXECLOCK_HELPER_OF - Policies of which a policy can have the helpers */
#define EXECLOCK_HELPER_OF 8

/** EXECLOCK_FILTER - Bits in the filter of a set, a power of two from 64 up */
#define EXECLOCK_FILTER 4096

/**
 * EXECLOCK_DEPTH - How far up is looked for directories, and for cgroups
 *
 * More than a path can have components, or a hierarchy of cgroups levels.
 */
#define EXECLOCK_DEPTH 4096

/** EXECLOCK_NAME_SIZE - Room for a policy's name, with its NUL */
#define EXECLOCK_NAME_SIZE 64

/**
 * struct execlock_file - A file, as the kernel tells files apart
 *
 * @inode: Inode number.
 * @device: Device number of its super block in the kernel's own encoding,
 *          which is neither that of stat(2) nor always that of the mount.
 * @generation: Tells a file from a deleted one that had the same number.
 */
struct execlock_file {
	__u64 inode;
	__u32 device;
	__u32 generation;
};

/**
 * struct execlock_fd - A file descriptor, and the answer of "identify"
 *
 * @file: The file that it refers to.
 * @address: Where the kernel has the inode of this file in memory.
 * @fd: The number of the descriptor, in this process.
 * @zero: Padding.
 */
struct execlock_fd {
	struct execlock_file file;
	__u64 address;
	__u32 fd;
	__u32 zero;
};

/**
 * enum execlock_condition - Conditions of policies
 *
 * @EXECLOCK_EXECUTABLE: The file that is executed.
 * @EXECLOCK_DIRECTORY: The directories that it is in.
 * @EXECLOCK_USER: The effective user ID before the exec.
 * @EXECLOCK_GROUP: The effective group ID and the supplementary ones.
 * @EXECLOCK_CGROUP: The cgroup and those above it.
 * @EXECLOCK_NAMESPACE: Whether the user namespace is the initial one.
 * @EXECLOCK_PARENT: The policies that the task is under already.
 * @EXECLOCK_LOGIN: The user who logged in, according to audit.
 * @EXECLOCK_CONDITIONS: Number of conditions.
 */
enum execlock_condition {
	EXECLOCK_EXECUTABLE,
	EXECLOCK_DIRECTORY,
	EXECLOCK_USER,
	EXECLOCK_GROUP,
	EXECLOCK_CGROUP,
	EXECLOCK_NAMESPACE,
	EXECLOCK_PARENT,
	EXECLOCK_LOGIN,
	EXECLOCK_CONDITIONS,
};

/** EXECLOCK_UNSET - Number of the user of a task that nobody logged in to */
#define EXECLOCK_UNSET ((__u32)-1)

/**
 * struct execlock_mask - Some of the policies of a set, by index
 *
 * @word: A bit for each.
 */
struct execlock_mask {
	__u64 word[EXECLOCK_POLICIES / 64];
};

/**
 * struct execlock_key - Something that a condition names
 *
 * There is no hole in a hash key, and the shorter it is, the faster it is found.
 * A member that the condition does not use is zero.
 *
 * @condition: An &enum execlock_condition.
 * @by_name: Whether @parent_inode and @name tell an executable, not @inode and
 *           @generation.
 * @device: Of a file, see struct execlock_file.
 * @inode: Inode number of an executable or a directory.
 * @parent_inode: Inode number of the directory in which a file has @name.
 * @user: User ID; of a login, also %EXECLOCK_UNSET.
 * @group: Group ID.
 * @cgroup: Hash of the path of a cgroup, which goes on from name to name; that
 *          of the root is %EXECLOCK_HASH_INIT.
 * @namespace_level: Level of a user namespace, 0 or 1.
 * @policy: ID of a policy that the task is under.
 * @first: Whichever of these it is.
 * @generation: Generation of @inode.
 * @name: Hash of the name of a file.
 * @second: Whichever of these two it is.
 */
struct execlock_key {
	__u16 condition;
	__u16 by_name;
	__u32 device;
	union {
		__u64 inode;
		__u64 parent_inode;
		__u64 user;
		__u64 group;
		__u64 cgroup;
		__u64 namespace_level;
		__u64 policy;
		__u64 first;
	};
	union {
		__u64 generation;
		__u64 name;
		__u64 second;
	};
};

_Static_assert(sizeof(struct execlock_key) == 24,
	       "struct execlock_key has a hole");

/**
 * struct execlock_match - The policies that name a key
 *
 * @mask: The policies that name it.
 * @with_file: Of the name of a file: these, and the policies that name @file.
 * @file: Of the name of a file: the file that had it when the set was loaded.
 */
struct execlock_match {
	struct execlock_mask mask;
	struct execlock_mask with_file;
	struct execlock_file file;
};

/**
 * struct execlock_header - The part of a set that is read first
 *
 * @build: Identifies the programs that it is for.
 * @generation: Number of the set, from 1.
 * @has_default: Whether one of its policies is the default.
 * @conditions: The conditions that occur in it, a bit for each.
 * @policies: Number of its policies.
 * @default_lost: Capabilities, one bit each, that programs cannot have by
 *                default in user namespaces.
 * @settled: Whether the rulesets of its policies are those of the set: else the
 *           loader that put it in force did not end.
 * @zero: Padding.
 * @all: All of its policies, but for the default.
 * @lacking: For each condition, the policies that do not have it.
 * @filter: A bit for each key, see execlock_filter_bit().
 */
struct execlock_header {
	__u64 build;
	__u32 generation;
	__u32 has_default;
	__u32 conditions;
	__u32 policies;
	__u64 default_lost;
	__u32 settled;
	__u32 zero;
	struct execlock_mask all;
	struct execlock_mask lacking[EXECLOCK_CONDITIONS];
	__u64 filter[EXECLOCK_FILTER / 64];
};

/**
 * enum execlock_on_error - The fate of an exec that cannot be confined
 *
 * @EXECLOCK_DENY: It fails with EACCES.
 * @EXECLOCK_ALLOW: It goes ahead without the layer of this policy.
 *                  A task can bring this about: by filling up its layers
 *                  first, or the memory that its control group allows.
 */
enum execlock_on_error {
	EXECLOCK_DENY,
	EXECLOCK_ALLOW,
};

/**
 * enum execlock_nnp - Whether a policy sets no_new_privs
 *
 * @EXECLOCK_NNP_AUTO: If the task that executes does not administer the system,
 *                     that is, lacks CAP_SYS_ADMIN in the initial user
 *                     namespace.
 * @EXECLOCK_NNP_NEVER: No.
 * @EXECLOCK_NNP_ALWAYS: Yes.
 */
enum execlock_nnp {
	EXECLOCK_NNP_AUTO,
	EXECLOCK_NNP_NEVER,
	EXECLOCK_NNP_ALWAYS,
};

/**
 * struct execlock_policy - A loaded policy
 *
 * @hits: Execs that it was enforced by.
 * @errors: Execs that it could not be staged for.
 * @content: Hash of the content of its ruleset, or zero if it is not known.
 * @userns_lost: Capabilities, one bit each, that its programs cannot have in
 *               user namespaces.
 * @userns_lost_executed: The same, for the programs that these execute.
 * @helper_of: IDs of the policies whose programs hand over to its programs.
 * @id: Of its name, see execlock_id().
 * @ruleset: Slot of its ruleset, or %EXECLOCK_NO_RULESET.
 * @flags: LANDLOCK_RESTRICT_SELF_LOG_* and, of a permissive policy,
 *         LANDLOCK_RESTRICT_SELF_PERMISSIVE, for bpf_landlock_restrict_binprm().
 * @no_new_privs: An &enum execlock_nnp.
 * @on_error: An &enum execlock_on_error.
 * @exec_no_new_privs: Whether the exec itself gains no privileges.
 * @left_out: For people: rules and values of conditions that were left out.
 * @manages_policies: Whether a task under it can touch programs and maps of
 *                    execlock.
 * @live: Whether the next set replaces the ruleset for the tasks that have it.
 * @only_tcp: Whether a task under it has no sockets of protocols like TCP that
 *            Landlock's rights for TCP do not control.
 * @bounds_userns: Whether it says which capabilities these are.
 * @is_default: Whether it is for programs of which no other policy says this.
 * @trial: Whether "execlock trial" put it in force.
 * @name: For people.
 */
struct execlock_policy {
	__u64 hits;
	__u64 errors;
	__u64 content;
	__u64 userns_lost;
	__u64 userns_lost_executed;
	__u32 helper_of[EXECLOCK_HELPER_OF];
	__u32 id;
	__u32 ruleset;
	__u32 flags;
	__u32 no_new_privs;
	__u32 on_error;
	__u32 exec_no_new_privs;
	__u32 left_out;
	__u32 manages_policies;
	__u32 live;
	__u32 only_tcp;
	__u32 bounds_userns;
	__u32 is_default;
	__u32 trial;
	char name[EXECLOCK_NAME_SIZE];
};

/**
 * struct execlock_userns - Bounds on the capabilities of a task in user
 *                          namespaces
 *
 * All members are zero if no policy says something about them.
 *
 * @lost: Capabilities, one bit each, that the task cannot have there.
 * @lost_executed: Those that the programs cannot have that it executes, but for
 *                 those to which the program hands over.
 * @policy: ID of the policy of the program that the task runs, or zero if it
 *          runs one that a program of a policy executed.
 * @bounded: Whether a policy says something.
 * @handed: Of an exec: whether the program that executes hands over.
 */
struct execlock_userns {
	__u64 lost;
	__u64 lost_executed;
	__u32 policy;
	__u16 bounded;
	__u16 handed;
};

/**
 * enum execlock_effect - Effects of the policies of a task, as bits
 *
 * @EXECLOCK_GUARDED: The task is kept from programs and maps of execlock.
 * @EXECLOCK_GUARD_TRIED: It would be if a policy were not permissive.
 * @EXECLOCK_NNP_TRIED: &execlock_under.no_new_privs is a permissive policy.
 * @EXECLOCK_ONLY_TCP: The task is kept from protocols like TCP.
 * @EXECLOCK_ONLY_TCP_TRIED: It would be if a policy were not permissive.
 */
enum execlock_effect {
	EXECLOCK_GUARDED = 1,
	EXECLOCK_GUARD_TRIED = 2,
	EXECLOCK_NNP_TRIED = 4,
	EXECLOCK_ONLY_TCP = 8,
	EXECLOCK_ONLY_TCP_TRIED = 16,
};

/**
 * struct execlock_under - The policies that a task is under
 *
 * @count: Their number.
 * @staged: How many more there will be if the task's exec succeeds.
 * @effects: Bits of &enum execlock_effect.
 * @staged_effects: The same, of the staged policies.
 * @no_new_privs: ID of the policy that set the task's no_new_privs attribute, or
 *                would have set it if it were not permissive; or zero.
 * @staged_no_new_privs: The same, of the policy that will if the exec succeeds.
 * @userns: The task's capabilities in user namespaces.
 * @staged_userns: The same, as far as policies that are staged change it.
 * @ids: First these, then those.  As in struct execlock_policy, so that they
 *       mean the same in any set.
 */
struct execlock_under {
	__u16 count;
	__u16 staged;
	__u16 effects;
	__u16 staged_effects;
	__u32 no_new_privs;
	__u32 staged_no_new_privs;
	struct execlock_userns userns;
	struct execlock_userns staged_userns;
	__u32 ids[EXECLOCK_LAYERS];
};

/**
 * struct execlock_exec - An exec, as far as it has come
 *
 * @generation: The set that it is subject to, or zero.
 * @num_staged: How many policies are staged.
 * @tried_limit: Number from 1 of the slot in &execlock_under.ids of a permissive
 *               policy that would deny new privileges to this exec, or zero.
 * @staged_ids: A bit for the slot of each of them in &execlock_under.ids.
 * @eligible: Policies of which the conditions hold that are not about files,
 *            but for those that a file of this exec had already.
 * @staged: Indexes of the staged policies.
 */
struct execlock_exec {
	__u32 generation;
	__u8 num_staged;
	__u8 tried_limit;
	__u16 staged_ids;
	struct execlock_mask eligible;
	__u8 staged[EXECLOCK_LAYERS];
};

_Static_assert(EXECLOCK_POLICIES <= 256, "an index takes more than a byte");
_Static_assert(EXECLOCK_LAYERS <= 16, "a bit for each takes more than 16 bits");

/**
 * struct execlock_task - The state of a task
 *
 * The kernel keeps this in 256 bytes, of which it needs 72 itself.
 *
 * @under: The policies that it is under.
 * @exec: Its exec, or the rest of its last one.
 */
struct execlock_task {
	struct execlock_under under;
	struct execlock_exec exec;
};

_Static_assert(sizeof(struct execlock_task) <= 256 - 72,
	       "struct execlock_task takes more memory than it should");

/**
 * struct execlock_ruleset - Value of the ruleset map
 *
 * The layout of the kernel's struct bpf_landlock_ruleset_info.  This is a copy
 * so that execlock can be built where the installed kernel headers are older.
 *
 * @ruleset_fd: Ruleset to store; zero when read.
 * @num_rules: Number of its rules; this and the rest, but for @flags, are zero
 *             when written.
 * @id: Identifies the ruleset it was made from in trace events.
 * @handled_access_fs: As in struct landlock_ruleset_attr.
 * @handled_access_net: As in struct landlock_ruleset_attr.
 * @scoped: As in struct landlock_ruleset_attr.
 * @version: Version of the ruleset it was made from in trace events.
 * @quiet_access_fs: As in struct landlock_ruleset_attr.
 * @quiet_access_net: As in struct landlock_ruleset_attr.
 * @quiet_scoped: As in struct landlock_ruleset_attr.
 * @policy_id: Identifies the kernel's policy in trace events, whatever its
 *             ruleset; zero if the ruleset is never replaced.
 * @flags: LANDLOCK_POLICY_* of the kernel's policy, zero if there is none.
 * @zero: Padding.
 */
struct execlock_ruleset {
	__u32 ruleset_fd;
	__u32 num_rules;
	__u64 id;
	__u64 handled_access_fs;
	__u64 handled_access_net;
	__u64 scoped;
	__u64 version;
	__u64 quiet_access_fs;
	__u64 quiet_access_net;
	__u64 quiet_scoped;
	__u64 policy_id;
	__u32 flags;
	__u32 zero;
};

/**
 * execlock_layer_id - Find the number that all layers of a slot have
 *
 * @ruleset: Description of the slot.
 *
 * Return: the ID of the policy, or of the ruleset if there is no policy.  No two
 * policies or rulesets have the same ID.
 */
static inline __attribute__((always_inline)) __u64
execlock_layer_id(const struct execlock_ruleset *ruleset)
{
	return ruleset->policy_id ?: ruleset->id;
}

/**
 * execlock_slot - Find the slot of a set
 *
 * @generation: Its number.
 *
 * Return: the index in each map of sets.
 */
static inline __attribute__((always_inline)) __u32
execlock_slot(__u32 generation)
{
	return generation % EXECLOCK_SLOTS;
}

/** EXECLOCK_HASH_INIT - Hash of nothing */
#define EXECLOCK_HASH_INIT 0xcbf29ce484222325ULL

/**
 * execlock_hash - Add eight characters to a hash
 *
 * Names are looked at for each exec, and this is faster than each character on
 * its own.  A user who makes up a name with the hash of another one only gets
 * one more policy.
 *
 * @hash: Hash of the text before it, or %EXECLOCK_HASH_INIT.
 * @word: The characters, the first one in the least significant byte.  A name
 *        ends with a NUL, after which there are only zeroes.
 *
 * Return: the hash.
 */
static inline __attribute__((always_inline)) __u64 execlock_hash(__u64 hash,
								 __u64 word)
{
	/* Products depend on the bits below each bit, and sets use low bits. */
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 32;
}

/**
 * execlock_id - Make the ID of a policy from its name
 *
 * Tasks are full of them, so they are short.  No two policies of a set have the
 * same, and none has zero.
 *
 * @hash: Hash of the name.
 *
 * Return: the ID.
 */
static inline __attribute__((always_inline)) __u32 execlock_id(__u64 hash)
{
	/* Its lower half has been mixed with the upper one. */
	return (__u32)hash ?: 1;
}

/**
 * execlock_filter_bit - Find the bit of a key in the filter of a set
 *
 * Most executed files are in no policy, and this tells so without a search.
 * Keys can share a bit: then there is a search, and it finds nothing.
 *
 * @key: The key.
 *
 * Return: number of the bit.
 */
static inline __attribute__((always_inline)) __u32
execlock_filter_bit(const struct execlock_key *key)
{
	return (key->first + key->second) % EXECLOCK_FILTER;
}

#endif /* EXECLOCK_H */
