// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rulesets as LSM policy objects, in map values of all kinds
 */

#include "landlock_bpf.h"

#include <linux/lsm.h>
#include <pthread.h>
#include <sys/mman.h>

#include "progs/kptr.h"
#include "kptr.skel.h"

#define PROGRAM "/mnt/self"
#define SCRIPT "/mnt/script"
#define DATA "/mnt/data"
#define CGROUPS "/mnt/cgroup"
#define CGROUP CGROUPS "/kptr"

static char *const self_argv[] = { "exectime", NULL };

/* Opens the programs, which are not loaded unless they are asked for. */
static struct kptr *open_kptr(struct __test_metadata *const _metadata)
{
	struct kptr *const skel = kptr__open();

	ASSERT_NE(NULL, skel);
	return skel;
}

static struct bpf_program *hook_prog(const struct kptr *const skel,
				     const enum kptr_hook hook)
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

static struct bpf_link **hook_link(struct kptr *const skel,
				   const enum kptr_hook hook)
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

static void attach_hooks(struct __test_metadata *const _metadata,
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
static struct kptr *load_kptr(struct __test_metadata *const _metadata,
			      const struct picks *const picks)
{
	struct kptr *const skel = open_kptr(_metadata);

	for (int hook = 0; hook < HOOK_NUM; hook++)
		ASSERT_EQ(0, bpf_program__set_autoload(hook_prog(skel, hook),
						       true));
	ASSERT_EQ(0, bpf_program__set_autoload(skel->progs.store, true));
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
static struct kptr *load_kptr_one(struct __test_metadata *const _metadata,
				  const enum kptr_hook hook,
				  const enum kptr_where where)
{
	struct picks picks = {};

	picks.picks[hook][0].where = where;
	return load_kptr(_metadata, &picks);
}

/* Whether the kernel lets the end of rulesets be seen. */
static bool can_watch(void)
{
	return libbpf_find_vmlinux_btf_id("free_frozen_work",
					  BPF_TRACE_FENTRY) > 0;
}

/* Tells when rulesets are freed, without any of their maps. */
static struct kptr *load_watcher(struct __test_metadata *const _metadata)
{
	struct kptr *const skel = open_kptr(_metadata);
	struct bpf_map *map;

	bpf_object__for_each_map(map, skel->obj)
		if (!bpf_map__is_internal(map))
			ASSERT_EQ(0, bpf_map__set_autocreate(map, false));
	ASSERT_EQ(0, bpf_program__set_autoload(skel->progs.watch, true));
	ASSERT_EQ(0, kptr__load(skel));
	skel->links.watch = bpf_program__attach(skel->progs.watch);
	ASSERT_NE(NULL, skel->links.watch);
	return skel;
}

/* Rulesets are freed after RCU grace periods, of several kinds. */
static bool wait_freed(const struct kptr *const watcher)
{
	const __u64 *const freed = &watcher->bss->freed;

	for (int i = 0; i < 1000; i++) {
		if (__atomic_load_n(freed, __ATOMIC_RELAXED))
			return true;
		usleep(10000);
	}
	return false;
}

static void prepare_cgroup(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, mkdir(CGROUPS, 0700));
	ASSERT_EQ(0, mount("cgroup2", CGROUPS, "cgroup2", 0, NULL));
	ASSERT_TRUE(!mkdir(CGROUP, 0700) || errno == EEXIST);
}

static void enter_cgroup(struct __test_metadata *const _metadata)
{
	int fd;

	fd = open(CGROUP "/cgroup.procs", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(1, write(fd, "0", 1));
	ASSERT_EQ(0, close(fd));
}

/*
 * Stores a ruleset for the current task.  Returns the result of the program,
 * and the kernel's address of the ruleset in @address, if not NULL.
 */
static int store_fd(struct __test_metadata *const _metadata,
		    struct kptr *const skel, const enum kptr_where where,
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
static void store_new(struct __test_metadata *const _metadata,
		      struct kptr *const skel, const enum kptr_where where,
		      const __u64 denied, __u64 *const address)
{
	const int fd = exectime_ruleset(denied);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, store_fd(_metadata, skel, where, fd, address));
	ASSERT_EQ(0, close(fd));
}

/* Executes the program, which follows @plan.  Never returns. */
static void exec_self(struct kptr *const skel, const char *const plan)
{
	skel->bss->target_pid = getpid();
	setenv(EXECTIME_PLAN, plan, 1);
	execv(PROGRAM, self_argv);
	_exit(1);
}

static int map_fd(const struct kptr *const skel, const enum kptr_where where)
{
	switch (where) {
	case IN_ARRAY:
		return bpf_map__fd(skel->maps.in_array);
	case IN_HASH:
		return bpf_map__fd(skel->maps.in_hash);
	case IN_LRU_HASH:
		return bpf_map__fd(skel->maps.in_lru_hash);
	case IN_TASK:
		return bpf_map__fd(skel->maps.in_task);
	case IN_CGROUP:
		return bpf_map__fd(skel->maps.in_cgroup);
	case IN_INODE:
		return bpf_map__fd(skel->maps.in_inode);
	default:
		return -1;
	}
}

/* The key that user space needs: zero, or whose storage it is. */
static int open_key(struct __test_metadata *const _metadata,
		    const enum kptr_where where, const pid_t pid)
{
	int fd;

	switch (where) {
	case IN_TASK:
		fd = syscall(__NR_pidfd_open, pid, 0);
		break;
	case IN_CGROUP:
		fd = open(CGROUP, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		break;
	case IN_INODE:
		fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);
		break;
	default:
		return 0;
	}
	ASSERT_LT(0, fd);
	return fd;
}

static void close_key(struct __test_metadata *const _metadata, const int key)
{
	if (key)
		EXPECT_EQ(0, close(key));
}

FIXTURE(kptr)
{
	struct kptr *skel;
	struct kptr *watcher;
};

FIXTURE_VARIANT(kptr)
{
	enum kptr_where where;
	enum kptr_hook hook;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, array_for_exec) {
	/* clang-format on */
	.where = IN_ARRAY,
	.hook = HOOK_FOR_EXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, array_check) {
	/* clang-format on */
	.where = IN_ARRAY,
	.hook = HOOK_CHECK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, array_from_file) {
	/* clang-format on */
	.where = IN_ARRAY,
	.hook = HOOK_FROM_FILE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, hash_for_exec) {
	/* clang-format on */
	.where = IN_HASH,
	.hook = HOOK_FOR_EXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, hash_check) {
	/* clang-format on */
	.where = IN_HASH,
	.hook = HOOK_CHECK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, hash_from_file) {
	/* clang-format on */
	.where = IN_HASH,
	.hook = HOOK_FROM_FILE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, lru_hash_for_exec) {
	/* clang-format on */
	.where = IN_LRU_HASH,
	.hook = HOOK_FOR_EXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, task_for_exec) {
	/* clang-format on */
	.where = IN_TASK,
	.hook = HOOK_FOR_EXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, task_check) {
	/* clang-format on */
	.where = IN_TASK,
	.hook = HOOK_CHECK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, task_from_file) {
	/* clang-format on */
	.where = IN_TASK,
	.hook = HOOK_FROM_FILE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, cgroup_for_exec) {
	/* clang-format on */
	.where = IN_CGROUP,
	.hook = HOOK_FOR_EXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, cgroup_check) {
	/* clang-format on */
	.where = IN_CGROUP,
	.hook = HOOK_CHECK,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, inode_for_exec) {
	/* clang-format on */
	.where = IN_INODE,
	.hook = HOOK_FOR_EXEC,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(kptr, inode_check) {
	/* clang-format on */
	.where = IN_INODE,
	.hook = HOOK_CHECK,
};

FIXTURE_SETUP(kptr)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	if (variant->where == IN_CGROUP)
		prepare_cgroup(_metadata);
	self->skel = load_kptr_one(_metadata, variant->hook, variant->where);
	if (!can_watch())
		SKIP(return, "The end of rulesets cannot be traced");
	self->watcher = load_watcher(_metadata);
}

FIXTURE_TEARDOWN(kptr)
{
	kptr__destroy(self->watcher);
	kptr__destroy(self->skel);
	if (variant->where == IN_CGROUP)
		rmdir(CGROUP);
}

/* A stored ruleset is enforced, on the tasks that it is stored for. */
TEST_F(kptr, enforced)
{
	struct kptr *const skel = self->skel;
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		exec_self(skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(-ENOENT, skel->bss->picks[variant->hook][0].ret);
	EXPECT_EQ(0, report.denied);
	EXPECT_EQ(0, report.layers);

	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		store_new(_metadata, skel, variant->where, DENY_A, NULL);
		exec_self(skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, skel->bss->picks[variant->hook][0].ret);
	EXPECT_EQ(DENY_A, report.denied);
	EXPECT_EQ(1, report.layers);
	EXPECT_EQ(0, report.nnp);

	/* Another task, in another cgroup, that executes the same file. */
	if (exectime_fork(_metadata, &run))
		exec_self(skel, "p");
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	if (variant->where == IN_TASK || variant->where == IN_CGROUP) {
		EXPECT_EQ(-ENOENT, skel->bss->picks[variant->hook][0].ret);
		EXPECT_EQ(0, report.denied);
		EXPECT_EQ(0, report.layers);
	} else {
		EXPECT_EQ(0, skel->bss->picks[variant->hook][0].ret);
		EXPECT_EQ(DENY_A, report.denied);
		EXPECT_EQ(1, report.layers);
	}
}

TEST_F(kptr, flags)
{
	struct kptr *const skel = self->skel;
	struct exec_report report = {};
	struct exec_run run;

	skel->bss->picks[variant->hook][0].flags = RESTRICT_NNP | LOG_NEW_EXEC_ON;
	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		store_new(_metadata, skel, variant->where, DENY_A, NULL);
		exec_self(skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, skel->bss->picks[variant->hook][0].ret);
	EXPECT_EQ(DENY_A, report.denied);
	EXPECT_EQ(1, report.layers);
	EXPECT_EQ(1, report.nnp);
}

/* Rules that are added afterwards only reach the next stored object. */
TEST_F(kptr, frozen)
{
	const __u64 handled = DENY_A | DENY_B;
	struct kptr *const skel = self->skel;
	struct exec_report report = {};
	struct exec_run run;
	int ruleset_fd;

	ruleset_fd = exectime_ruleset(handled);
	ASSERT_LE(0, ruleset_fd);
	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		ASSERT_EQ(0, store_fd(_metadata, skel, variant->where,
				      ruleset_fd, NULL));
		ASSERT_EQ(0, allow_everywhere(ruleset_fd, DENY_A));
		exec_self(skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, skel->bss->picks[variant->hook][0].ret);
	EXPECT_EQ(handled, report.denied);
	EXPECT_EQ(1, report.layers);

	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		ASSERT_EQ(0, store_fd(_metadata, skel, variant->where,
				      ruleset_fd, NULL));
		exec_self(skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, skel->bss->picks[variant->hook][0].ret);
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
	EXPECT_EQ(0, close(ruleset_fd));
}

TEST_F(kptr, replaced)
{
	struct kptr *const skel = self->skel;
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		store_new(_metadata, skel, variant->where, DENY_A,
			  &self->watcher->bss->watched);
		EXPECT_EQ(0, self->watcher->bss->freed);
		store_new(_metadata, skel, variant->where, DENY_B, NULL);
		EXPECT_TRUE(wait_freed(self->watcher));
		exec_self(skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, skel->bss->picks[variant->hook][0].ret);
	EXPECT_EQ(DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

/* How a stored ruleset comes to its end. */
enum end {
	/* A program empties the value. */
	END_TAKE,
	/* User space writes a value over it, or deletes the element. */
	END_UPDATE,
	END_DELETE,
	/* The map is gone. */
	END_MAP,
};

static bool is_storage(const enum kptr_where where)
{
	return where == IN_TASK || where == IN_CGROUP || where == IN_INODE;
}

static void take(struct __test_metadata *const _metadata,
		 const struct kptr *const skel, const enum kptr_where where)
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

/*
 * Lets a child execute something with a stored ruleset, which is then removed.
 * Tasks in a domain made of it stay there, and keep it until the end.
 */
static void expect_removed(struct __test_metadata *const _metadata,
			   struct kptr **const skel_owner,
			   struct kptr *const watcher,
			   const enum kptr_where where,
			   const enum kptr_hook hook, const enum end end)
{
	struct kptr *const skel = *skel_owner;
	struct exec_report first, second, last;
	const __u64 forged = -1;
	struct exec_run run;
	__u64 value = -1;
	int pipe_fds[2];
	int key;

	ASSERT_EQ(0, pipe2(pipe_fds, O_CLOEXEC));
	if (exectime_fork(_metadata, &run)) {
		ASSERT_EQ(STDIN_FILENO, dup2(pipe_fds[0], STDIN_FILENO));
		if (where == IN_CGROUP)
			enter_cgroup(_metadata);
		store_new(_metadata, skel, where, DENY_A,
			  &watcher->bss->watched);
		/* Executes something twice, with the maps that there are. */
		exec_self(skel, end == END_MAP ? "qwq" : "qwqxq");
	}
	ASSERT_EQ(0, close(pipe_fds[0]));
	ASSERT_EQ(sizeof(first), read(run.fd, &first, sizeof(first)));
	EXPECT_EQ(DENY_A, first.denied);
	EXPECT_EQ(0, skel->bss->picks[hook][0].ret);
	EXPECT_NE(0, watcher->bss->watched);
	EXPECT_EQ(0, watcher->bss->freed);

	key = open_key(_metadata, where, run.child);
	/* User space never sees the value of a pointer. */
	EXPECT_EQ(0, bpf_map_lookup_elem(map_fd(skel, where), &key, &value));
	EXPECT_EQ(0, value);

	switch (end) {
	case END_TAKE:
		take(_metadata, skel, where);
		break;
	case END_UPDATE:
		EXPECT_EQ(0, bpf_map_update_elem(map_fd(skel, where), &key,
						 &forged, BPF_ANY));
		break;
	case END_DELETE:
		EXPECT_EQ(0, bpf_map_delete_elem(map_fd(skel, where), &key));
		EXPECT_EQ(-ENOENT,
			  bpf_map_delete_elem(map_fd(skel, where), &key));
		break;
	case END_MAP:
		kptr__destroy(skel);
		*skel_owner = NULL;
		break;
	}
	close_key(_metadata, key);

	ASSERT_EQ(1, write(pipe_fds[1], "", 1));
	ASSERT_EQ(0, close(pipe_fds[1]));
	ASSERT_EQ(sizeof(second), read(run.fd, &second, sizeof(second)));
	EXPECT_EQ(DENY_A, second.denied);
	EXPECT_EQ(0, watcher->bss->freed);
	if (end == END_MAP) {
		EXPECT_EQ(0, exectime_wait(_metadata, &run, &last, 1));
		EXPECT_TRUE(wait_freed(watcher));
		return;
	}

	EXPECT_EQ(1, exectime_wait(_metadata, &run, &last, 1));
	EXPECT_EQ(DENY_A, last.denied);
	/* An update of an array is an update of everything else. */
	EXPECT_EQ(where == IN_ARRAY && end == END_UPDATE ? 0 : -ENOENT,
		  skel->bss->picks[hook][0].ret);

	/* Elements keep their objects until they are used again. */
	if (is_storage(where) || end == END_TAKE)
		EXPECT_TRUE(wait_freed(watcher));

	kptr__destroy(skel);
	*skel_owner = NULL;
	EXPECT_TRUE(wait_freed(watcher));
}

TEST_F(kptr, taken)
{
	if (is_storage(variant->where))
		SKIP(return, "Storages are those of the current task");
	expect_removed(_metadata, &self->skel, self->watcher, variant->where,
		       variant->hook, END_TAKE);
}

TEST_F(kptr, updated_by_user)
{
	expect_removed(_metadata, &self->skel, self->watcher, variant->where,
		       variant->hook, END_UPDATE);
}

TEST_F(kptr, deleted)
{
	const __u32 key = 0;

	if (variant->where == IN_ARRAY) {
		EXPECT_EQ(-EINVAL,
			  bpf_map_delete_elem(map_fd(self->skel, IN_ARRAY),
					      &key));
		return;
	}
	expect_removed(_metadata, &self->skel, self->watcher, variant->where,
		       variant->hook, END_DELETE);
}

TEST_F(kptr, map_destroyed)
{
	expect_removed(_metadata, &self->skel, self->watcher, variant->where,
		       variant->hook, END_MAP);
}

/* A freed owner frees its storage. */
TEST_F(kptr, owner_gone)
{
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		if (variant->where == IN_CGROUP)
			enter_cgroup(_metadata);
		store_new(_metadata, self->skel, variant->where, DENY_A,
			  &self->watcher->bss->watched);
		EXPECT_EQ(0, self->watcher->bss->freed);
		exec_self(self->skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);

	switch (variant->where) {
	case IN_TASK:
		break;
	case IN_CGROUP:
		EXPECT_EQ(0, self->watcher->bss->freed);
		ASSERT_EQ(0, rmdir(CGROUP));
		break;
	case IN_INODE:
		EXPECT_EQ(0, self->watcher->bss->freed);
		ASSERT_EQ(0, unlink(PROGRAM));
		break;
	default:
		/* The other maps own their objects. */
		EXPECT_EQ(0, self->watcher->bss->freed);
		return;
	}
	EXPECT_TRUE(wait_freed(self->watcher));
}

/* An object that is not stored is freed at once. */
TEST_F(kptr, not_stored)
{
	store_new(_metadata, self->skel, IN_NOTHING, DENY_A,
		  &self->watcher->bss->watched);
	EXPECT_NE(0, self->watcher->bss->watched);
	EXPECT_TRUE(wait_freed(self->watcher));
}

/* Right that an existing domain denies. */
#define EXISTING DENY_D

/* Several rulesets for one exec, and the resulting layers. */
FIXTURE(several)
{
	struct kptr *skel;
};

FIXTURE_VARIANT(several)
{
	/* Objects that the programs apply, with the expected results. */
	struct picks picks;
	/* Right that the ruleset in each place denies, if any. */
	__u64 stored[IN_NUM];
	/* Number of layers of the domain of the task, EXISTING first. */
	int existing;
	bool script;
	/* Denials of the executed program, except EXISTING. */
	__u64 denied;
	int layers;
	int nnp;
};

#define PICK(_where, _flags)                                        \
	{                                                           \
		.where = (_where), .flags = (_flags), .applied = 1, \
	}

#define PICK_HIT(_where, _hit)                                  \
	{                                                       \
		.where = (_where), .hit = (_hit), .applied = 1, \
	}

#define PICK_ERROR(_where, _flags, _ret)                            \
	{                                                           \
		.where = (_where), .flags = (_flags), .ret = (_ret), \
	}

/* clang-format off */
FIXTURE_VARIANT_ADD(several, two_programs) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_TASK, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_HASH, 0) },
	.stored = { [IN_TASK] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, all_hooks) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_ARRAY, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_HASH, 0) },
	.picks.picks[HOOK_FROM_FILE] = { PICK(IN_TASK, 0) },
	.stored = {
		[IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B, [IN_TASK] = DENY_C,
	},
	.existing = 1,
	.denied = DENY_A | DENY_B | DENY_C,
	.layers = 4,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, one_program) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0), PICK(IN_HASH, 0),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* Equal is not the same. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, equal_rulesets) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_ARRAY, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_INODE, 0) },
	.stored = { [IN_ARRAY] = DENY_A, [IN_INODE] = DENY_A },
	.denied = DENY_A,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, same_ruleset) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = { PICK(IN_HASH, 0), PICK(IN_HASH, 0) },
	.picks.picks[HOOK_CHECK] = { PICK(IN_HASH, 0) },
	.picks.picks[HOOK_FROM_FILE] = { PICK(IN_HASH, 0) },
	.stored = { [IN_HASH] = DENY_A },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, same_ruleset_other_log_flags) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_HASH, 0), PICK(IN_HASH, LOG_NEW_EXEC_ON),
	},
	.stored = { [IN_HASH] = DENY_A },
	.denied = DENY_A,
	.layers = 2,
};

/* A script's policy and its interpreter's both hold. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, script_and_interpreter) {
	/* clang-format on */
	.picks.picks[HOOK_CHECK] = {
		PICK_HIT(IN_ARRAY, 1), PICK_HIT(IN_HASH, 2),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.script = true,
	.denied = DENY_A | DENY_B,
	.layers = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, script_and_interpreter_same_ruleset) {
	/* clang-format on */
	.picks.picks[HOOK_CHECK] = { { .where = IN_ARRAY, .applied = 2 } },
	.stored = { [IN_ARRAY] = DENY_A },
	.script = true,
	.denied = DENY_A,
	.layers = 1,
};

/* Flags: a flag that is missing the second time is not undone. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, nnp_stays) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, RESTRICT_NNP), PICK(IN_ARRAY, 0),
	},
	.stored = { [IN_ARRAY] = DENY_A },
	.denied = DENY_A,
	.layers = 1,
	.nnp = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, log_flags) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON |
			       LOG_SUBDOMAINS_OFF),
	},
	.stored = { [IN_ARRAY] = DENY_A },
	.denied = DENY_A,
	.layers = 1,
};

/* An error does not change the applied objects. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, tsync) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, RESTRICT_NNP | RESTRICT_TSYNC, -EINVAL),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, exectime) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, RESTRICT_NNP | RESTRICT_EXECTIME, -EINVAL),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, unknown_flag) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, 1U << 31, -EINVAL),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.denied = DENY_A,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, too_many_layers) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		PICK(IN_ARRAY, 0),
		PICK_ERROR(IN_HASH, RESTRICT_NNP, -E2BIG),
	},
	.stored = { [IN_ARRAY] = DENY_A, [IN_HASH] = DENY_B },
	.existing = LANDLOCK_MAX_NUM_LAYERS - 1,
	.denied = DENY_A,
	.layers = LANDLOCK_MAX_NUM_LAYERS,
};

/* A place without a ruleset confines nobody, and the program can tell. */

/* clang-format off */
FIXTURE_VARIANT_ADD(several, empty) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		{ .where = IN_ARRAY, .ret = -ENOENT, .missing = 1 },
		PICK(IN_HASH, 0),
	},
	.stored = { [IN_HASH] = DENY_B },
	.denied = DENY_B,
	.layers = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(several, all_empty) {
	/* clang-format on */
	.picks.picks[HOOK_FOR_EXEC] = {
		{ .where = IN_ARRAY, .ret = -ENOENT, .missing = 1 },
		{ .where = IN_TASK, .ret = -ENOENT, .missing = 1 },
	},
};

FIXTURE_SETUP(several)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	exectime_write_file(_metadata, SCRIPT, "#!" PROGRAM "\n", 0755);
	self->skel = load_kptr(_metadata, &variant->picks);
}

FIXTURE_TEARDOWN(several)
{
	kptr__destroy(self->skel);
}

TEST_F(several, layers)
{
	struct exec_report report = {};
	struct exec_run run;

	if (exectime_fork(_metadata, &run)) {
		for (int i = 0; i < variant->existing; i++)
			ASSERT_EQ(0, exectime_restrict(i ? DENY_NOTHING :
							   EXISTING,
						       0));
		for (int where = 0; where < IN_NUM; where++)
			if (variant->stored[where])
				store_new(_metadata, self->skel, where,
					  variant->stored[where], NULL);
		self->skel->bss->target_pid = getpid();
		setenv(EXECTIME_PLAN, "p", 1);
		execv(variant->script ? SCRIPT : PROGRAM, self_argv);
		_exit(1);
	}
	ASSERT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->denied | (variant->existing ? EXISTING : 0),
		  report.denied);
	EXPECT_EQ(variant->layers, report.layers);
	EXPECT_EQ(variant->nnp, report.nnp);

	for (int hook = 0; hook < HOOK_NUM; hook++) {
		for (int i = 0; i < NUM_PICKS; i++) {
			const struct kptr_pick *const want =
				&variant->picks.picks[hook][i];
			const struct kptr_pick *const pick =
				&self->skel->bss->picks[hook][i];

			if (want->where == IN_NOTHING)
				continue;
			EXPECT_EQ(want->ret, pick->ret)
			{
				TH_LOG("in pick %d of hook %d", i, hook);
			}
			EXPECT_EQ(want->applied, pick->applied);
			EXPECT_EQ(want->missing, pick->missing);
		}
	}
}

/* One place that a program at the first hook takes its ruleset from. */
FIXTURE(slot)
{
	struct kptr *skel;
};

FIXTURE_SETUP(slot)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	exectime_write_file(_metadata, DATA, "data\n", 0755);
	self->skel = load_kptr_one(_metadata, HOOK_FOR_EXEC, IN_HASH);
}

FIXTURE_TEARDOWN(slot)
{
	kptr__destroy(self->skel);
}

/* For any creator of the ruleset, and with the LSM that a program sees. */
TEST_F(slot, fields)
{
	struct kptr_request request = {
		.where = IN_NOTHING,
		.fd = exectime_ruleset(DENY_A),
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));

	ASSERT_LE(0, request.fd);
	ASSERT_EQ(0,
		  bpf_prog_test_run_opts(
			  bpf_program__fd(self->skel->progs.store), &opts));
	EXPECT_EQ(0, opts.retval);
	EXPECT_EQ(LSM_ID_LANDLOCK, request.lsmid);
	EXPECT_NE(0, request.type);
	EXPECT_EQ(0, close(request.fd));
}

/* There is no flag yet. */
TEST_F(slot, unknown_flags)
{
	const __u32 flags[] = { 1, 2, 1U << 31, ~0U };
	struct kptr_request request = {
		.where = IN_HASH,
		.fd = exectime_ruleset(DENY_A),
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));
	const int prog_fd = bpf_program__fd(self->skel->progs.store);

	ASSERT_LE(0, request.fd);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		request.flags = flags[i];
		ASSERT_EQ(0, bpf_prog_test_run_opts(prog_fd, &opts));
		EXPECT_EQ(-EBADF, (int)opts.retval);
	}
	request.flags = 0;
	ASSERT_EQ(0, bpf_prog_test_run_opts(prog_fd, &opts));
	EXPECT_EQ(0, opts.retval);
	EXPECT_EQ(0, close(request.fd));
}

/* Two processes that execute something at the same time share the slot. */
TEST_F(slot, released_together)
{
	const struct kptr_pick *const pick =
		&self->skel->bss->picks[HOOK_FOR_EXEC][0];
	const int rounds = 20;

	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	for (int i = 0; i < rounds; i++) {
		struct exec_run runs[2];
		int sync[2];

		ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
		for (int j = 0; j < 2; j++) {
			if (exectime_fork(_metadata, &runs[j])) {
				char byte;

				ASSERT_EQ(0, close(sync[1]));
				/* Until there is no writer left. */
				ASSERT_EQ(0, read(sync[0], &byte, 1));
				setenv(EXECTIME_PLAN, "p", 1);
				execv(PROGRAM, self_argv);
				_exit(1);
			}
		}
		self->skel->bss->target_pid = runs[0].child;
		self->skel->bss->other_pid = runs[1].child;
		ASSERT_EQ(0, close(sync[1]));
		ASSERT_EQ(0, close(sync[0]));

		for (int j = 0; j < 2; j++) {
			struct exec_report report = {};

			EXPECT_EQ(1, exectime_wait(_metadata, &runs[j], &report,
						   1));
			EXPECT_EQ(DENY_A, report.denied);
			EXPECT_EQ(1, report.layers);
		}
	}
	EXPECT_EQ(2 * rounds, pick->applied);
	EXPECT_EQ(0, pick->missing);
}

/* The format is only looked at after the hook. */
TEST_F(slot, unknown_format)
{
	struct kptr_pick *const pick =
		&self->skel->bss->picks[HOOK_FOR_EXEC][0];
	struct exec_report reports[2] = {};
	struct exec_run run;

	pick->flags = RESTRICT_NNP;
	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	if (exectime_fork(_metadata, &run)) {
		self->skel->bss->target_pid = getpid();
		EXPECT_EQ(-1, execv(DATA, self_argv));
		EXPECT_EQ(ENOEXEC, errno);
		self->skel->bss->target_pid = 0;

		exectime_report(false);
		setenv(EXECTIME_PLAN, "p", 1);
		execv(PROGRAM, self_argv);
		_exit(1);
	}
	ASSERT_EQ(2, exectime_wait(_metadata, &run, reports, 2));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, reports[i].denied);
		EXPECT_EQ(0, reports[i].layers);
		EXPECT_EQ(0, reports[i].nnp);
	}
	/* Or this would have proved nothing. */
	EXPECT_EQ(1, pick->applied);
	EXPECT_EQ(0, pick->ret);
}

/* A program that executes itself stays in the domain that it is in. */
TEST_F(slot, exec_again)
{
	const int num = 3 * LANDLOCK_MAX_NUM_LAYERS;
	const struct kptr_pick *const pick =
		&self->skel->bss->picks[HOOK_FOR_EXEC][0];
	struct exec_report report = {};
	struct exec_run run;
	char plan[num + 1];

	/* Executed NUM times, and only the last one reports. */
	memset(plan, 'x', num);
	plan[num - 1] = 'p';
	plan[num] = '\0';

	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	if (exectime_fork(_metadata, &run))
		exec_self(self->skel, plan);
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(DENY_A, report.denied);
	EXPECT_EQ(1, report.layers);
	EXPECT_EQ(num, pick->applied);
	EXPECT_EQ(0, pick->ret);
}

/* Replaced all the time: there is always one of both rulesets. */
struct replacer {
	struct __test_metadata *_metadata;
	struct kptr *skel;
	bool stop;
	int num;
};

static void *replace(void *const data)
{
	struct replacer *const replacer = data;
	struct __test_metadata *const _metadata = replacer->_metadata;
	const int fds[] = { exectime_ruleset(DENY_A),
			    exectime_ruleset(DENY_B) };

	while (!__atomic_load_n(&replacer->stop, __ATOMIC_RELAXED)) {
		EXPECT_EQ(0, store_fd(_metadata, replacer->skel, IN_HASH,
				      fds[replacer->num++ % 2], NULL));
	}
	close(fds[0]);
	close(fds[1]);
	return NULL;
}

TEST_F(slot, replaced_all_the_time)
{
	struct replacer replacer = {
		._metadata = _metadata,
		.skel = self->skel,
	};
	pthread_t thread;

	store_new(_metadata, self->skel, IN_HASH, DENY_A, NULL);
	ASSERT_EQ(0, pthread_create(&thread, NULL, replace, &replacer));
	for (int i = 0; i < 30; i++) {
		const int *const ret =
			&self->skel->bss->picks[HOOK_FOR_EXEC][0].ret;
		struct exec_report report = {};
		struct exec_run run;

		if (exectime_fork(_metadata, &run))
			exec_self(self->skel, "q");
		EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
		/* The found object may be about to be freed. */
		EXPECT_TRUE(*ret == 0 || *ret == -ENOENT);
		if (*ret) {
			EXPECT_EQ(0, report.denied);
			continue;
		}
		EXPECT_TRUE(report.denied == DENY_A || report.denied == DENY_B)
		{
			TH_LOG("%llx is denied", report.denied);
		}
	}
	__atomic_store_n(&replacer.stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LT(30, replacer.num);
}

/* File descriptors that are no rulesets. */
FIXTURE(bad_fd)
{
	struct kptr *skel;
};

enum bad_fd {
	FD_RULESET,
	FD_NEGATIVE,
	FD_CLOSED,
	FD_TOO_LARGE,
	FD_FILE,
	FD_PATH,
	FD_PIPE,
	FD_MEMFD,
	FD_MAP,
};

FIXTURE_VARIANT(bad_fd)
{
	enum bad_fd fd;
	int ret;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, none) {
	/* clang-format on */
	.fd = FD_RULESET,
	.ret = 0,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, negative) {
	/* clang-format on */
	.fd = FD_NEGATIVE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, closed) {
	/* clang-format on */
	.fd = FD_CLOSED,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, too_large) {
	/* clang-format on */
	.fd = FD_TOO_LARGE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, file) {
	/* clang-format on */
	.fd = FD_FILE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, path) {
	/* clang-format on */
	.fd = FD_PATH,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, pipe) {
	/* clang-format on */
	.fd = FD_PIPE,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, memfd) {
	/* clang-format on */
	.fd = FD_MEMFD,
	.ret = -EBADF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(bad_fd, map) {
	/* clang-format on */
	.fd = FD_MAP,
	.ret = -EBADF,
};

FIXTURE_SETUP(bad_fd)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, PROGRAM, 0755);
	self->skel = load_kptr_one(_metadata, HOOK_FOR_EXEC, IN_ARRAY);
}

FIXTURE_TEARDOWN(bad_fd)
{
	kptr__destroy(self->skel);
}

static int get_bad_fd(struct __test_metadata *const _metadata,
		      const struct kptr *const skel, const enum bad_fd bad_fd)
{
	int fd = -1, fds[2];

	switch (bad_fd) {
	case FD_RULESET:
		fd = exectime_ruleset(DENY_B);
		break;
	case FD_NEGATIVE:
		return -1;
	case FD_CLOSED:
		fd = exectime_ruleset(DENY_B);
		EXPECT_EQ(0, close(fd));
		break;
	case FD_TOO_LARGE:
		return 1 << 30;
	case FD_FILE:
		fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);
		break;
	case FD_PATH:
		fd = open(PROGRAM, O_PATH | O_CLOEXEC);
		break;
	case FD_PIPE:
		ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
		fd = fds[0];
		break;
	case FD_MEMFD:
		fd = memfd_create("kptr", MFD_CLOEXEC);
		break;
	case FD_MAP:
		fd = dup(bpf_map__fd(skel->maps.in_hash));
		break;
	}
	ASSERT_LE(0, fd);
	return fd;
}

/* Nothing is stored, and the stored object stays. */
TEST_F(bad_fd, refused)
{
	struct exec_report report = {};
	struct exec_run run;

	store_new(_metadata, self->skel, IN_ARRAY, DENY_A, NULL);
	if (exectime_fork(_metadata, &run)) {
		const int fd = get_bad_fd(_metadata, self->skel, variant->fd);
		__u64 address;

		EXPECT_EQ(variant->ret, store_fd(_metadata, self->skel,
						 IN_ARRAY, fd, &address));
		EXPECT_EQ(!variant->ret, !!address);
		exec_self(self->skel, "p");
	}
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(0, self->skel->bss->picks[HOOK_FOR_EXEC][0].ret);
	EXPECT_EQ(variant->ret ? DENY_A : DENY_B, report.denied);
	EXPECT_EQ(1, report.layers);
}

/* File descriptors are those of the caller. */
TEST_F(bad_fd, of_another_task)
{
	struct exec_run run;
	char byte;

	if (exectime_fork(_metadata, &run)) {
		const int fd = exectime_ruleset(DENY_A);

		ASSERT_LE(0, fd);
		ASSERT_EQ(100, dup2(fd, 100));
		ASSERT_EQ(1, write(atoi(getenv(EXECTIME_FD)), "", 1));
		pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(run.fd, &byte, 1));
	EXPECT_EQ(-EBADF,
		  store_fd(_metadata, self->skel, IN_ARRAY, 100, NULL));
	ASSERT_EQ(0, kill(run.child, SIGKILL));
	ASSERT_EQ(run.child, waitpid(run.child, NULL, 0));
	EXPECT_EQ(0, close(run.fd));
}

TEST_HARNESS_MAIN
