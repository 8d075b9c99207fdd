// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Execs that are staged, failed and killed, while the
 *                  slots, the inner maps and the policies that they use are
 *                  swapped
 *
 * EXECTIME_STRESS in the environment is the number of execs.
 */

#include "landlock_bpf.h"

#include "stress.skel.h"

#define NUM_SLOTS 4
#define NUM_WRITERS 4
#define NUM_STARTERS 2

/* Few, for a test that anyone can run. */
#define DEFAULT_EXECS 500

static char *const self_argv[] = { "exectime", NULL };

FIXTURE(stress)
{
	struct stress *skel;
	int num_execs;
	int rulesets[NUM_SLOTS];
};

FIXTURE_SETUP(stress)
{
	const char *const num = getenv("EXECTIME_STRESS");

	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "data", "data\n", 0755);
	exectime_write_file(_metadata, "script", "#!/mnt/self\n", 0755);
	self->num_execs = num ? atoi(num) : DEFAULT_EXECS;

	self->skel = stress__open_and_load();
	ASSERT_NE(NULL, self->skel);
	ASSERT_EQ(0, stress__attach(self->skel));

	for (int i = 0; i < NUM_SLOTS; i++) {
		/* From nothing but handled rights to some rules. */
		self->rulesets[i] = exectime_ruleset(DENY_A | DENY_B);
		ASSERT_LE(0, self->rulesets[i]);
		if (i)
			ASSERT_EQ(0,
				  allow_everywhere(self->rulesets[i], DENY_A));
	}
}

FIXTURE_TEARDOWN(stress)
{
	stress__destroy(self->skel);
}

/* Stores a ruleset or a policy, or replaces a policy. */
static void write_slot(const int map_fd, const __u32 slot,
		       const int ruleset_fd, const unsigned int random)
{
	static const __u32 flags[] = {
		0,
		LANDLOCK_POLICY_LIVE,
		LANDLOCK_POLICY_LIVE,
		LANDLOCK_POLICY_LIVE | LANDLOCK_POLICY_PERMISSIVE,
	};
	const struct bpf_landlock_ruleset_info info = {
		.ruleset_fd = ruleset_fd,
		.flags = flags[random % ARRAY_SIZE(flags)],
	};

	bpf_map_update_elem(map_fd, &slot, &info, 0);
}

/* Swaps slots and inner maps until it is killed. */
static void write_slots(const struct stress *const skel,
			const int *const rulesets, unsigned int seed)
{
	const int map_fd = bpf_map__fd(skel->maps.rulesets);
	const int inner_fd = bpf_map__fd(skel->maps.inner);
	const int outer_fd = bpf_map__fd(skel->maps.outer);
	const __u32 zero = 0;

	while (true) {
		const __u32 slot = rand_r(&seed) % NUM_SLOTS;
		const int ruleset_fd = rulesets[rand_r(&seed) % NUM_SLOTS];
		int new_fd;

		switch (rand_r(&seed) % 6) {
		case 0:
			bpf_map_delete_elem(map_fd, &slot);
			break;
		case 1:
			bpf_map_delete_elem(inner_fd, &slot);
			break;
		case 2:
			bpf_map_update_elem(inner_fd, &slot, &ruleset_fd, 0);
			break;
		case 3:
			/* A whole policy, then the first one again. */
			new_fd = bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET,
						"rulesets", 4, 4, NUM_SLOTS,
						NULL);
			bpf_map_update_elem(new_fd, &slot, &ruleset_fd, 0);
			bpf_map_update_elem(outer_fd, &zero, &new_fd, 0);
			close(new_fd);
			break;
		case 4:
			bpf_map_update_elem(outer_fd, &zero, &inner_fd, 0);
			break;
		default:
			write_slot(map_fd, slot, ruleset_fd, rand_r(&seed));
		}
	}
}

/*
 * Counts the events that a program did not see because another task interrupted
 * it, on the same processor, with one: the kernel does not nest a program.
 */
static __u64 count_missed(const struct bpf_program *const prog)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return -1;
	return info.recursion_misses;
}

static void start_one(unsigned int *const seed)
{
	static const char *const paths[] = { "self", "script", "data", "none" };
	const char *const path = paths[rand_r(seed) % ARRAY_SIZE(paths)];
	const bool stages = rand_r(seed) % 2;
	const bool killed = rand_r(seed) % 4 == 0;
	const pid_t child = fork();

	if (child == 0) {
		if (stages && exectime_restrict(DENY_C, RESTRICT_EXECTIME))
			_exit(2);
		setenv(EXECTIME_PLAN, "", 1);
		execv(path, self_argv);
		/* Refused by the program, or not executable: once more. */
		execv("self", self_argv);
		_exit(0);
	}

	if (killed) {
		usleep(rand_r(seed) % 3000);
		kill(child, SIGKILL);
	}
	waitpid(child, NULL, 0);
}

TEST_F_TIMEOUT(stress, all, 3600)
{
	const struct stress__bss *const bss = self->skel->bss;
	pid_t writers[NUM_WRITERS], starters[NUM_STARTERS];
	__u64 created, freed;
	int status;

	/* Of our own, so that the programs leave the rest of the system alone. */
	ASSERT_LE(0, setsid());
	for (int i = 0; i < NUM_WRITERS; i++) {
		writers[i] = fork();
		ASSERT_LE(0, writers[i]);
		if (writers[i] == 0) {
			write_slots(self->skel, self->rulesets, i + 1);
			_exit(1);
		}
	}
	self->skel->bss->target_session = getpid();
	for (int i = 0; i < NUM_STARTERS; i++) {
		starters[i] = fork();
		ASSERT_LE(0, starters[i]);
		if (starters[i] == 0) {
			unsigned int seed = 100 + i;

			for (int j = 0; j < self->num_execs / NUM_STARTERS; j++)
				start_one(&seed);
			_exit(0);
		}
	}

	for (int i = 0; i < NUM_STARTERS; i++) {
		EXPECT_EQ(starters[i], waitpid(starters[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	for (int i = 0; i < NUM_WRITERS; i++) {
		EXPECT_EQ(0, kill(writers[i], SIGKILL));
		EXPECT_EQ(writers[i], waitpid(writers[i], NULL, 0));
	}

	EXPECT_LT(0, bss->num_staged);
	EXPECT_LT(0, bss->num_applied);
	EXPECT_EQ(0, bss->num_errors);

	/* Domains are freed by other tasks, soon: a minute, if all is slow. */
	for (int i = 0; i < 600; i++) {
		created = bss->num_created +
			  count_missed(self->skel->progs.created);
		freed = bss->num_freed + count_missed(self->skel->progs.freed);
		if (created == freed)
			break;
		usleep(100000);
	}
	EXPECT_LT(0, bss->num_created);
	EXPECT_EQ(created, freed);
	TH_LOG("staged %llu and %llu, found %llu empty slots", bss->num_staged,
	       bss->num_applied, bss->num_empty);
	TH_LOG("created %llu domains (%llu events missed)", created,
	       created - bss->num_created);
}

TEST_HARNESS_MAIN
