// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Policies that a program makes and replaces in a kptr, while each
 *                  memory allocation fails in turn
 *
 * Needs a kernel with CONFIG_FAULT_INJECTION_DEBUG_FS and CONFIG_FAILSLAB.
 */

#include "landlock_bpf.h"
#include "fault_injection.h"
#include "kptr_progs.h"

/* Many more than there are allocations. */
#define MAX_SITES 200

FIXTURE(fault)
{
	struct kptr *skel;
	int fail_fd;
};

FIXTURE_SETUP(fault)
{
	if (!fault_prepare())
		SKIP(return, "the kernel cannot inject slab failures");

	exectime_prepare_dir(_metadata);
	self->skel = load_kptr_one(_metadata, HOOK_FOR_EXEC, IN_HASH);
	self->fail_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fail_fd);
}

FIXTURE_TEARDOWN(fault)
{
	if (self->skel) {
		kptr__destroy(self->skel);
		EXPECT_EQ(0, close(self->fail_fd));
	}
	fault_restore();
}

static int call(struct __test_metadata *const _metadata,
		const struct bpf_program *const prog, const int ruleset_fd,
		const __u32 flags)
{
	struct kptr_request request = {
		.where = IN_HASH,
		.fd = ruleset_fd,
		.flags = flags,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));

	if (bpf_prog_test_run_opts(bpf_program__fd(prog), &opts))
		return -errno;
	return opts.retval;
}

/* An error is told, and the next call without a failure succeeds. */
TEST_F(fault, made_and_replaced)
{
	const struct bpf_program *const progs[] = {
		self->skel->progs.store,
		self->skel->progs.replace,
	};

	for (size_t i = 0; i < ARRAY_SIZE(progs); i++) {
		const __u32 flags = i ? 0 : LANDLOCK_POLICY_LIVE;
		int num_failed = 0;
		bool last = false;

		for (int nth = 1; nth <= MAX_SITES && !last; nth++) {
			const int fd = exectime_ruleset(DENY_A);
			int err;

			ASSERT_LE(0, fd);
			fault_set(_metadata, self->fail_fd, nth);
			err = call(_metadata, progs[i], fd, flags);
			last = fault_left(_metadata, self->fail_fd);
			fault_set(_metadata, self->fail_fd, 0);
			/*
			 * Some allocations are not needed.  A program that is
			 * given no policy cannot tell why.
			 */
			if (last) {
				EXPECT_EQ(0, err);
			} else if (err && (i || err != -EBADF)) {
				EXPECT_EQ(-ENOMEM, err)
				{
					TH_LOG("Program %zu, allocation %d", i,
					       nth);
				}
			}
			num_failed += !!err;
			EXPECT_EQ(0, call(_metadata, progs[i], fd, flags));
			EXPECT_EQ(0, close(fd));
		}
		EXPECT_TRUE(last);
		EXPECT_LE(1, num_failed);
	}
}

TEST_HARNESS_MAIN
