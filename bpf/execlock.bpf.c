// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Put programs into their Landlock domain as they are executed
 *
 * An exec goes through a chain of files: the one that was named and, for a
 * "#!" script or a binfmt_misc format, an interpreter, which may have an
 * interpreter of its own.  Each of these files may have a policy and all of
 * them shall apply.  The kernel keeps one stage for each BPF program, which
 * replaces its former stage if it stages again for the same exec.  So there is
 * one program for each place in the chain: no policy ever takes the place of
 * another one.
 */

#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/errno.h>

#include "execlock.h"

char LICENSE[] SEC("license") = "GPL";

/* The loader gives the maps their sizes. */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct execlock_file);
	__type(value, __u32); /* index of policy and ruleset */
} executables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct execlock_policy);
} policies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LANDLOCK_RULESET);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct execlock_ruleset);
} rulesets SEC(".maps");

/**
 * struct chain - Where a task's exec is in its chain of files
 *
 * @seen: How many interpreters each of the programs below has seen.  They
 *        count for themselves because their order is not ours to choose.
 */
struct chain {
	__u32 seen[EXECLOCK_INTERPRETERS];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct chain);
} chains SEC(".maps");

static __always_inline void identify_file(struct file *file,
					  struct execlock_file *id)
{
	struct inode *inode = file->f_inode;

	__builtin_memset(id, 0, sizeof(*id));
	id->inode = inode->i_ino;
	id->device = inode->i_sb->s_dev;
}

/* Stages the policy of bprm->file, if it has one. */
static __always_inline int confine(struct linux_binprm *bprm)
{
	struct bpf_landlock_ruleset *ruleset;
	struct execlock_policy *policy;
	struct execlock_file id;
	__u32 *index;
	int err;

	identify_file(bprm->file, &id);
	index = bpf_map_lookup_elem(&executables, &id);
	if (!index)
		return 0;
	policy = bpf_map_lookup_elem(&policies, index);
	if (!policy)
		return -EACCES;

	/* An empty slot is an error like any other: nothing would be staged. */
	err = -ENOENT;
	ruleset = bpf_map_lookup_elem(&rulesets, index);
	if (ruleset) {
		err = bpf_landlock_restrict_binprm(bprm, ruleset,
						   policy->flags);
		bpf_landlock_put_ruleset(ruleset);
	}
	if (!err) {
		__sync_fetch_and_add(&policy->hits, 1);
		return 0;
	}

	/*
	 * The caller of execve(2) could not make sense of the real error, for
	 * example E2BIG.
	 */
	__sync_fetch_and_add(&policy->errors, 1);
	return policy->on_error == EXECLOCK_ALLOW ? 0 : -EACCES;
}

/* The file that was named.  Called once for each exec, before all others. */
SEC("lsm.s/bprm_creds_for_exec")
int BPF_PROG(named, struct linux_binprm *bprm)
{
	struct chain *chain;

	/* The task's last exec may have failed half-way. */
	chain = bpf_task_storage_get(&chains, bpf_get_current_task_btf(), NULL,
				     0);
	if (chain)
		__builtin_memset(chain, 0, sizeof(*chain));

	return confine(bprm);
}

/* Called for each file of the chain; does the interpreter at @place. */
static __always_inline int interpreter(struct linux_binprm *bprm,
				       __u32 place)
{
	struct chain *chain;

	/* Only an interpreter has another name than what was executed. */
	if (bprm->interp == bprm->filename)
		return 0;

	/*
	 * Not knowing its place, the interpreter's policy could replace one
	 * that is staged: no memory for this is no memory for the exec.
	 */
	chain = bpf_task_storage_get(&chains, bpf_get_current_task_btf(), NULL,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!chain)
		return -ENOMEM;
	if (chain->seen[place]++ != place)
		return 0;

	return confine(bprm);
}

#define INTERPRETER(PLACE)						\
	SEC("lsm.s/bprm_check_security")				\
	int BPF_PROG(interpreter_##PLACE, struct linux_binprm *bprm)	\
	{								\
		return interpreter(bprm, PLACE);			\
	}

INTERPRETER(0)
INTERPRETER(1)
INTERPRETER(2)
INTERPRETER(3)
INTERPRETER(4)

/*
 * Tells the loader which files its descriptors refer to, the way that the
 * programs above will see them.  Nothing in user space can tell for all file
 * systems: stat(2) has other numbers on btrfs and overlayfs.
 */
SEC("iter/task_file")
int identify(struct bpf_iter__task_file *ctx)
{
	struct execlock_fd answer = { .fd = ctx->fd };
	struct file *file = ctx->file;

	/* The end of the list. */
	if (!file)
		return 0;
	identify_file(file, &answer.file);
	bpf_seq_write(ctx->meta->seq, &answer, sizeof(answer));
	return 0;
}
