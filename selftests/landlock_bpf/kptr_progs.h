/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for the programs of kptr.bpf.c
 *
 * Requires landlock_bpf.h to be included first.
 */

#ifndef _KPTR_PROGS_H
#define _KPTR_PROGS_H

#include "progs/kptr.h"
#include "kptr.skel.h"

#define PROGRAM "/mnt/self"
#define SCRIPT "/mnt/script"
#define DATA "/mnt/data"
#define CGROUPS "/mnt/cgroup"
#define CGROUP CGROUPS "/kptr"

static char *const self_argv[] = { "exectime", NULL };

/* Opens the programs, which are not loaded unless they are asked for. */
static __maybe_unused struct kptr *
open_kptr(struct __test_metadata *const _metadata)
{
	struct kptr *const skel = kptr__open();

	ASSERT_NE(NULL, skel);
	return skel;
}

static __maybe_unused struct bpf_program *
hook_prog(const struct kptr *const skel, const enum kptr_hook hook)
{
	switch (hook) {
	case HOOK_FOR_EXEC:
		return skel->progs.for_exec;
	case HOOK_CHECK:
		return skel->progs.check;
	default:
		return skel->progs.from_file;
	}
}

static __maybe_unused struct bpf_link **
hook_link(struct kptr *const skel, const enum kptr_hook hook)
{
	switch (hook) {
	case HOOK_FOR_EXEC:
		return &skel->links.for_exec;
	case HOOK_CHECK:
		return &skel->links.check;
	default:
		return &skel->links.from_file;
	}
}

/* Objects that each hook applies.  A hook without any is not attached. */
struct picks {
	struct kptr_pick picks[HOOK_NUM][NUM_PICKS];
};

static __maybe_unused void attach_hooks(struct __test_metadata *const _metadata,
					struct kptr *const skel,
					const struct picks *const picks)
{
	for (int hook = 0; hook < HOOK_NUM; hook++) {
		for (int i = 0; i < NUM_PICKS; i++) {
			struct kptr_pick *const pick =
				&skel->bss->picks[hook][i];

			*pick = picks->picks[hook][i];
			/* Must be told by the program. */
			pick->ret = 1;
			pick->applied = 0;
			pick->missing = 0;
		}
		if (picks->picks[hook][0].where == IN_NOTHING)
			continue;

		*hook_link(skel, hook) =
			bpf_program__attach_lsm(hook_prog(skel, hook));
		ASSERT_NE(NULL, *hook_link(skel, hook));
	}
}

/* Loads everything, and lets these hooks take rulesets from these places. */
static __maybe_unused struct kptr *
load_kptr(struct __test_metadata *const _metadata,
	  const struct picks *const picks)
{
	struct kptr *const skel = open_kptr(_metadata);

	for (int hook = 0; hook < HOOK_NUM; hook++)
		ASSERT_EQ(0, bpf_program__set_autoload(hook_prog(skel, hook),
						       true));
	ASSERT_EQ(0, bpf_program__set_autoload(skel->progs.store, true));
	ASSERT_EQ(0, bpf_program__set_autoload(skel->progs.replace, true));
	ASSERT_EQ(0, bpf_program__set_autoload(skel->progs.take, true));
	ASSERT_EQ(0, bpf_program__set_autoload(skel->progs.move, true));
	ASSERT_EQ(0, kptr__load(skel))
	{
		TH_LOG("Failed to load the programs: %s", strerror(errno));
	}

	skel->links.move = bpf_program__attach_lsm(skel->progs.move);
	ASSERT_NE(NULL, skel->links.move);
	attach_hooks(_metadata, skel, picks);
	return skel;
}

/* The same, for one hook and one place. */
static __maybe_unused struct kptr *
load_kptr_one(struct __test_metadata *const _metadata,
	      const enum kptr_hook hook, const enum kptr_where where)
{
	struct picks picks = {};

	picks.picks[hook][0].where = where;
	return load_kptr(_metadata, &picks);
}

/*
 * Stores a ruleset for the current task.  Returns the result of the program,
 * and the kernel's address of the ruleset in @address, if not NULL.
 */
static __maybe_unused int store_fd(struct __test_metadata *const _metadata,
				   struct kptr *const skel,
				   const enum kptr_where where,
				   const int ruleset_fd, __u64 *const address)
{
	struct kptr_request request = {
		.where = where,
		.fd = ruleset_fd,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));

	ASSERT_EQ(0, bpf_prog_test_run_opts(bpf_program__fd(skel->progs.store),
					    &opts));
	if (address)
		*address = request.address;
	if (where == IN_INODE && !opts.retval) {
		int fd;

		skel->bss->target_pid = getpid();
		skel->bss->move_stash = true;
		fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, close(fd));
		ASSERT_FALSE(skel->bss->move_stash);
	}
	return opts.retval;
}

/* Stores a ruleset that denies @denied. */
static __maybe_unused void store_new(struct __test_metadata *const _metadata,
				     struct kptr *const skel,
				     const enum kptr_where where,
				     const __u64 denied, __u64 *const address)
{
	const int fd = exectime_ruleset(denied);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, store_fd(_metadata, skel, where, fd, address));
	ASSERT_EQ(0, close(fd));
}

/* Executes the program, which follows @plan.  Never returns. */
static __maybe_unused void exec_self(struct kptr *const skel,
				     const char *const plan)
{
	skel->bss->target_pid = getpid();
	setenv(EXECTIME_PLAN, plan, 1);
	execv(PROGRAM, self_argv);
	_exit(1);
}

static __maybe_unused void take(struct __test_metadata *const _metadata,
				const struct kptr *const skel,
				const enum kptr_where where)
{
	struct kptr_request request = {
		.where = where,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));
	const int prog_fd = bpf_program__fd(skel->progs.take);

	EXPECT_EQ(0, bpf_prog_test_run_opts(prog_fd, &opts));
	EXPECT_EQ(0, opts.retval);
	EXPECT_EQ(0, bpf_prog_test_run_opts(prog_fd, &opts));
	EXPECT_EQ(-ENOENT, (int)opts.retval);
}

#endif /* _KPTR_PROGS_H */
