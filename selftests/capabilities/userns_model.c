// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - A model of capabilities and user namespaces
 *
 * Copyright © 2026 The execlock authors
 */

#include <errno.h>

#include "userns_model.h"

static bool is_subset(__u64 set, __u64 of)
{
	return !(set & ~of);
}

void model_init(struct model *m, __u64 mask)
{
	*m = (struct model){
		.mask = mask,
		.num_spaces = 1,
		.spaces[MODEL_INIT] = {
			.parent = -1,
			.owner = USER_ROOT,
			.root = USER_ROOT,
			.users = (1 << NUM_USERS) - 1,
			.bound = MODEL_ALL_CAPS,
		},
	};
}

/* A process begins outside of user namespaces, with all it could lose. */
void model_begin(struct model *m, enum model_user user, __u64 caps)
{
	m->procs[m->num_procs++] = (struct model_proc){
		.space = MODEL_INIT,
		.uid = user,
		.euid = user,
		.prm = caps,
		.eff = caps,
		.bnd = MODEL_ALL_CAPS,
		.uns = MODEL_ALL_CAPS,
	};
}

/* The capabilities that a process can have in user namespaces. */
static __u64 let_in(const struct model_proc *p)
{
	return p->secbits & SECBIT_USERNS_STRICT_CAPS ? p->uns & p->bnd :
							p->uns;
}

/* Two bounds for the processes in a user namespace, and for its owner. */
static bool usable(const struct model *m, int space, int cap)
{
	return m->spaces[space].bound & m->mask & MODEL_BIT(cap);
}

/*
 * A process has a capability over a user namespace if it is effective and
 * usable in this namespace, or effective in an ancestor of it (and usable
 * there, unless it is the initial one), or if the process, in the parent of one
 * of these, owns it, and neither the process nor the namespace is denied it.
 */
bool model_has(const struct model *m, const struct model_proc *p, int space,
	       int cap)
{
	const __u64 bit = MODEL_BIT(cap);

	for (; space != -1; space = m->spaces[space].parent) {
		const struct model_space *const s = &m->spaces[space];

		if (p->space == space)
			return p->eff & bit &&
			       (space == MODEL_INIT || usable(m, space, cap));
		if (p->space == s->parent && p->euid == s->owner &&
		    let_in(p) & bit && usable(m, space, cap))
			return true;
	}
	return false;
}

static bool has_own(const struct model *m, const struct model_proc *p, int cap)
{
	return model_has(m, p, p->space, cap);
}

int model_userns(const struct model *m, struct model_proc *p, int op, int cap)
{
	const __u64 bit = MODEL_BIT(cap);

	switch (op) {
	case PR_CAP_USERNS_LOWER:
		p->uns &= ~bit;
		return 0;
	case PR_CAP_USERNS_CLEAR_ALL:
		p->uns = 0;
		return 0;
	case PR_CAP_USERNS_RAISE:
		if (!(p->uns & bit) &&
		    (!(p->bnd & m->spaces[p->space].bound & bit) ||
		     !(p->prm & bit || has_own(m, p, CAP_SETPCAP))))
			return -EPERM;
		p->uns |= bit;
		return 0;
	}
	return -EINVAL;
}

int model_drop_bounding(const struct model *m, struct model_proc *p, int cap)
{
	if (!has_own(m, p, CAP_SETPCAP))
		return -EPERM;
	p->bnd &= ~MODEL_BIT(cap);
	return 0;
}

int model_raise_ambient(struct model_proc *p, int cap)
{
	if (!(p->prm & p->inh & MODEL_BIT(cap)) ||
	    p->secbits & SECBIT_NO_CAP_AMBIENT_RAISE)
		return -EPERM;
	p->amb |= MODEL_BIT(cap);
	return 0;
}

int model_capset(const struct model *m, struct model_proc *p, __u64 inh,
		 __u64 prm, __u64 eff)
{
	if (!is_subset(inh, p->inh | p->prm) && !has_own(m, p, CAP_SETPCAP))
		return -EPERM;
	if (!is_subset(inh, p->inh | p->bnd) || !is_subset(prm, p->prm) ||
	    !is_subset(eff, prm))
		return -EPERM;
	p->inh = inh;
	p->prm = prm;
	p->eff = eff;
	p->amb &= prm & inh;
	return 0;
}

int model_set_securebits(const struct model *m, struct model_proc *p,
			 unsigned int secbits)
{
	const unsigned int changed = p->secbits ^ secbits;
	const unsigned int locks = p->secbits & MODEL_SECBIT_LOCKS;

	if (changed & (locks | locks >> 1))
		return -EPERM;
	if (!has_own(m, p, CAP_SETPCAP) &&
	    (!changed || changed & ~MODEL_UNPRIVILEGED_SECBITS))
		return -EPERM;
	p->secbits = secbits;
	return 0;
}

int model_no_new_privs(struct model_proc *p)
{
	p->nnp = true;
	return 0;
}

int model_fork(struct model *m, const struct model_proc *p)
{
	m->procs[m->num_procs++] = *p;
	return 0;
}

/* By creating it or by joining it. */
static void enter(const struct model *m, struct model_proc *p, int space)
{
	const __u64 caps = let_in(p) & m->spaces[space].bound & m->mask;

	p->space = space;
	p->prm = caps;
	p->eff = caps;
	p->bnd = caps;
	p->inh = 0;
	p->amb = 0;
	p->secbits &= MODEL_UNPRIVILEGED_SECBITS;
}

/* @creator is the process as it is outside, before it enters. */
static int create_space(struct model *m, const struct model_proc *creator)
{
	const struct model_space *const parent = &m->spaces[creator->space];

	if (!(parent->users & 1 << creator->euid))
		return -EPERM;
	m->spaces[m->num_spaces++] = (struct model_space){
		.parent = creator->space,
		.owner = creator->euid,
		.root = NO_USER,
		.creator_setfcap = creator->eff & MODEL_BIT(CAP_SETFCAP),
		.bound = parent->bound & let_in(creator) & m->mask,
	};
	return 0;
}

int model_unshare(struct model *m, struct model_proc *p)
{
	const int err = create_space(m, p);

	if (!err)
		enter(m, p, m->num_spaces - 1);
	return err;
}

int model_clone(struct model *m, const struct model_proc *p)
{
	const int err = create_space(m, p);

	if (!err) {
		model_fork(m, p);
		enter(m, &m->procs[m->num_procs - 1], m->num_spaces - 1);
	}
	return err;
}

/* The process makes the owner of its user namespace root there. */
int model_map(struct model *m, const struct model_proc *p)
{
	struct model_space *const s = &m->spaces[p->space];

	if (!has_own(m, p, CAP_SYS_ADMIN))
		return -EPERM;
	if (s->owner == m->spaces[s->parent].root && !s->creator_setfcap)
		return -EPERM;
	s->root = s->owner;
	s->users = 1 << s->owner;
	return 0;
}

/* Root of the initial user namespace gives all users an ID. */
void model_map_all(struct model *m, int space, enum model_user root)
{
	m->spaces[space].root = root;
	m->spaces[space].users = (1 << NUM_USERS) - 1;
}

int model_setns(const struct model *m, struct model_proc *p, int space)
{
	if (p->space == space)
		return -EINVAL;
	if (!model_has(m, p, space, CAP_SYS_ADMIN))
		return -EPERM;
	enter(m, p, space);
	return 0;
}

int model_exec(const struct model *m, struct model_proc *p,
	       const struct model_file *file)
{
	const struct model_space *const s = &m->spaces[p->space];
	enum model_user euid = p->euid;
	bool effective = false, changed, is_root;
	__u64 prm = 0;

	if (file->setuid != NO_USER && s->users & 1 << file->setuid && !p->nnp)
		euid = file->setuid;
	changed = euid != p->euid;

	if (file->has_caps) {
		effective = file->effective;
		prm = (file->prm & p->bnd) | (file->inh & p->inh);
		if (effective && !is_subset(file->prm, prm))
			return -EPERM;
	}

	/* Root, but not if only the set-user-ID program of a file with caps. */
	is_root = euid == s->root || p->uid == s->root;
	if (is_root && !(p->secbits & SECBIT_NOROOT) &&
	    !(file->has_caps && p->uid != s->root)) {
		prm = p->bnd | p->inh;
		effective |= euid == s->root;
	}

	if (p->nnp && (changed || !is_subset(prm, p->prm))) {
		euid = p->uid;
		prm &= p->prm;
	}

	/* A privileged program is not confused by its caller. */
	if (euid == s->root && p->euid != s->root && !p->nnp &&
	    !(p->secbits & SECBIT_NOROOT))
		p->uns |= p->bnd;

	if (file->has_caps || changed)
		p->amb = 0;
	p->euid = euid;
	p->prm = prm | p->amb;
	p->eff = effective ? p->prm : p->amb;
	p->secbits &= ~SECBIT_KEEP_CAPS;
	return 0;
}

void model_clear_mask(struct model *m, int cap)
{
	m->mask &= ~MODEL_BIT(cap);
}

bool model_may_kill(const struct model *m, const struct model_proc *p,
		    const struct model_proc *other)
{
	return p->euid == other->euid || p->euid == other->uid ||
	       p->uid == other->euid || p->uid == other->uid ||
	       model_has(m, p, other->space, CAP_KILL);
}

bool model_may_see_limits(const struct model *m, const struct model_proc *p,
			  const struct model_proc *other)
{
	return (p->uid == other->uid && p->uid == other->euid) ||
	       model_has(m, p, other->space, CAP_SYS_RESOURCE);
}

bool model_may_renice(const struct model *m, const struct model_proc *p,
		      const struct model_proc *other)
{
	return model_has(m, p, other->space, CAP_SYS_NICE) ||
	       ((p->euid == other->uid || p->euid == other->euid) &&
		is_subset(other->prm, p->prm));
}

bool model_may_inspect(const struct model *m, const struct model_proc *p,
		       const struct model_proc *other)
{
	return model_has(m, p, other->space, CAP_SYS_PTRACE) ||
	       (p->uid == other->uid && p->uid == other->euid &&
		p->space == other->space && is_subset(other->prm, p->prm) &&
		is_subset(let_in(other), let_in(p)));
}
