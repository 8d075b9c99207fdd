// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rulesets as LSM policy objects, in map values of all kinds
 */

#include "landlock_bpf.h"
#include "kptr_progs.h"

#include <linux/lsm.h>
#include <pthread.h>
#include <sys/mman.h>

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

TEST_HARNESS_MAIN
