/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities tests - A model of capabilities and user namespaces
 *
 * The model knows neither the kernel's code nor its data structures.  Each
 * function of userns_model.c is an operation of a process: it says which error
 * the process gets, or how the state changes.  userns_fuzz_test.c compares the
 * kernel with it.
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _USERNS_MODEL_H
#define _USERNS_MODEL_H

#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdbool.h>
#include <sys/prctl.h>

#ifndef PR_CAP_USERNS
#define PR_CAP_USERNS 48
#define PR_CAP_USERNS_IS_SET 1
#define PR_CAP_USERNS_RAISE 2
#define PR_CAP_USERNS_LOWER 3
#define PR_CAP_USERNS_CLEAR_ALL 4
#endif

#ifndef SECURE_USERNS_STRICT_CAPS
#define SECURE_USERNS_STRICT_CAPS 12
#define SECURE_USERNS_STRICT_CAPS_LOCKED 13
#define SECBIT_USERNS_STRICT_CAPS issecure_mask(SECURE_USERNS_STRICT_CAPS)
#define SECBIT_USERNS_STRICT_CAPS_LOCKED \
	issecure_mask(SECURE_USERNS_STRICT_CAPS_LOCKED)
#endif

/* Securebits that take no privilege, with their locks: 8 to 13. */
#define MODEL_UNPRIVILEGED_SECBITS 0x3f00
#define MODEL_SECBIT_LOCKS 0x2aaa

#define MODEL_BIT(_cap) (1ULL << (_cap))
#define MODEL_ALL_CAPS ((MODEL_BIT(CAP_LAST_CAP) << 1) - 1)

#define MODEL_MAX_SPACES 16
#define MODEL_MAX_PROCS 5

/* The initial user namespace, in which the users below are what they are. */
#define MODEL_INIT 0

enum model_user {
	USER_ROOT,
	USER_A,
	USER_B,
	NUM_USERS,
	NO_USER = NUM_USERS,
};

/**
 * struct model_space - A user namespace
 *
 * @parent: The user namespace in which it was created, -1 for MODEL_INIT.
 * @owner: Effective user of its creator.
 * @root: The user with ID 0 in it, NO_USER before it has a map.
 * @users: The users that have an ID in it, one bit each.
 * @creator_setfcap: Whether the creator had CAP_SETFCAP effective.
 * @bound: Its bound.
 */
struct model_space {
	int parent;
	enum model_user owner;
	enum model_user root;
	unsigned int users;
	bool creator_setfcap;
	__u64 bound;
};

/**
 * struct model_proc - A process
 *
 * @space: Its user namespace.
 * @uid: Its real user.
 * @euid: Its effective user, which is its saved and file system user too.
 * @inh: Its inheritable set.
 * @prm: Its permitted set.
 * @eff: Its effective set.
 * @bnd: Its bounding set.
 * @amb: Its ambient set.
 * @uns: Its set for user namespaces.
 * @secbits: Its securebits.
 * @nnp: Its no_new_privs.
 */
struct model_proc {
	int space;
	enum model_user uid;
	enum model_user euid;
	__u64 inh;
	__u64 prm;
	__u64 eff;
	__u64 bnd;
	__u64 amb;
	__u64 uns;
	unsigned int secbits;
	bool nnp;
};

/**
 * struct model_file - A program
 *
 * @setuid: The user of the set-user-ID program, NO_USER if it is none.
 * @has_caps: Whether the file has capabilities.
 * @effective: Whether they become effective.
 * @prm: Its permitted set.
 * @inh: Its inheritable set.
 */
struct model_file {
	enum model_user setuid;
	bool has_caps;
	bool effective;
	__u64 prm;
	__u64 inh;
};

/**
 * struct model - The state of the system
 *
 * @mask: The sysctl kernel.cap_bound_userns_mask.
 * @num_spaces: Number of user namespaces.
 * @num_procs: Number of processes.
 * @spaces: The user namespaces.
 * @procs: The processes.
 */
struct model {
	__u64 mask;
	int num_spaces;
	int num_procs;
	struct model_space spaces[MODEL_MAX_SPACES];
	struct model_proc procs[MODEL_MAX_PROCS];
};

void model_init(struct model *m, __u64 mask);
void model_begin(struct model *m, enum model_user user, __u64 caps);

/* Operations, which return 0 or an error. */
int model_userns(const struct model *m, struct model_proc *p, int op, int cap);
int model_drop_bounding(const struct model *m, struct model_proc *p, int cap);
int model_raise_ambient(struct model_proc *p, int cap);
int model_capset(const struct model *m, struct model_proc *p, __u64 inh,
		 __u64 prm, __u64 eff);
int model_set_securebits(const struct model *m, struct model_proc *p,
			 unsigned int secbits);
int model_no_new_privs(struct model_proc *p);
int model_fork(struct model *m, const struct model_proc *p);
int model_unshare(struct model *m, struct model_proc *p);
int model_clone(struct model *m, const struct model_proc *p);
int model_map(struct model *m, const struct model_proc *p);
void model_map_all(struct model *m, int space, enum model_user root);
int model_setns(const struct model *m, struct model_proc *p, int space);
int model_exec(const struct model *m, struct model_proc *p,
	       const struct model_file *file);
void model_clear_mask(struct model *m, int cap);

/* Questions about a process @p, and another one. */
bool model_has(const struct model *m, const struct model_proc *p, int space,
	       int cap);
bool model_may_kill(const struct model *m, const struct model_proc *p,
		    const struct model_proc *other);
bool model_may_see_limits(const struct model *m, const struct model_proc *p,
			  const struct model_proc *other);
bool model_may_renice(const struct model *m, const struct model_proc *p,
		      const struct model_proc *other);
bool model_may_inspect(const struct model *m, const struct model_proc *p,
		       const struct model_proc *other);

#endif /* _USERNS_MODEL_H */
