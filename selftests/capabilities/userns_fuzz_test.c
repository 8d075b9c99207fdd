// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - Random sequences, compared with the model
 *
 * A sequence is a list of operations of a few processes.  The processes run
 * each operation, the model computes its error and the state after it, and both
 * must be the same.  Of a sequence that differs, the test prints the shortest
 * one that still does.
 *
 * usage: userns_fuzz_test [--seed N] [--count N] [--jobs N] [--sysctl]
 *
 * The sequence I of the seed N is the first one of the seed N + I.  With
 * --sysctl, some sequences clear bits of kernel.cap_bound_userns_mask, which
 * nobody can set again before the next boot.
 *
 * Copyright © 2026 The execlock authors
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "userns_fuzz.h"

/*
 * Capabilities that lead to other errors or answers, and two that do not.  With
 * few of them, operations meet.
 */
static const int caps[] = {
	CAP_SETPCAP, CAP_SYS_ADMIN, CAP_SETFCAP, CAP_KILL, CAP_SYS_RESOURCE,
	CAP_SYS_NICE, CAP_SYS_PTRACE, CAP_CHOWN, CAP_WAKE_ALARM,
};

/* A sequence has most of its operations with so few of them. */
#define NUM_HOT 2

static const unsigned int weights[NUM_STEPS] = {
	[STEP_LOWER] = 12,
	[STEP_RAISE] = 10,
	[STEP_CLEAR_ALL] = 1,
	[STEP_DROP_BOUNDING] = 8,
	[STEP_RAISE_AMBIENT] = 3,
	[STEP_CAPSET] = 12,
	[STEP_SECUREBITS] = 9,
	[STEP_NO_NEW_PRIVS] = 2,
	[STEP_FORK] = 4,
	[STEP_UNSHARE] = 8,
	[STEP_CLONE] = 10,
	[STEP_SETNS] = 9,
	[STEP_EXEC] = 10,
	[STEP_ASK] = 3,
};

/* Random numbers that are the same with any C library. */
static unsigned short random_state[3];

static void start_random(const __u64 seed)
{
	/* Neighbours begin far from each other. */
	const __u64 state = seed * 0x9e3779b97f4a7c15 >> 16;

	random_state[0] = state;
	random_state[1] = state >> 16;
	random_state[2] = state >> 32;
}

static __u64 random_number(void)
{
	const __u64 high = nrand48(random_state);

	return high << 31 ^ nrand48(random_state);
}

static unsigned int random_below(const unsigned int limit)
{
	return random_number() % limit;
}

static enum step_kind random_kind(void)
{
	unsigned int sum = 0, at;
	int kind;

	for (kind = 0; kind < NUM_STEPS; kind++)
		sum += weights[kind];
	at = random_below(sum);
	for (kind = 0; at >= weights[kind]; kind++)
		at -= weights[kind];
	return kind;
}

static int random_cap(const int *const hot)
{
	return random_below(4) ? hot[random_below(NUM_HOT)] :
				 caps[random_below(ARRAY_SIZE(caps))];
}

static void generate(struct sequence *const seq, const __u64 seed)
{
	int hot[NUM_HOT];

	start_random(seed);
	for (int i = 0; i < NUM_HOT; i++)
		hot[i] = caps[random_below(ARRAY_SIZE(caps))];
	for (int i = 0; i < 2; i++) {
		const unsigned int kind = random_below(4);

		seq->users[i] = kind == 3 ? USER_ROOT : random_below(NUM_USERS);
		seq->caps[i] = kind == 3 ? MODEL_ALL_CAPS :
			       kind == 2 ? random_number() & MODEL_ALL_CAPS :
					   0;
	}
	seq->num = 3 + random_below(MAX_STEPS - 3);
	for (int i = 0; i < seq->num; i++)
		seq->steps[i] = (struct step){
			.kind = random_kind(),
			.proc = random_number(),
			.other = random_number(),
			.cap = random_cap(hot),
			.choice = random_number(),
		};
}

/* Leaves out steps as long as there is a difference. */
static void shrink(struct run *const run, struct sequence *const seq)
{
	for (int i = seq->num - 1; i >= 0; i--) {
		struct sequence shorter = *seq;

		shorter.num--;
		memmove(&shorter.steps[i], &shorter.steps[i + 1],
			sizeof(shorter.steps[0]) * (shorter.num - i));
		if (run_sequence(run, &shorter, false)) {
			*seq = shorter;
			/* Earlier steps may matter less now. */
			if (i < seq->num)
				i = seq->num;
		}
	}
}

static void report(struct run *const run, struct sequence *const seq,
		   const __u64 seed)
{
	printf("# --seed %llu --count 1: %s\n", seed,
	       run->why);
	shrink(run, seq);
	printf("# mask %llx, and the shortest sequence:\n",
	       read_mask());
	run_sequence(run, seq, true);
	printf("# %s\n", run->why[0] ? run->why : "no difference any more");
	fflush(stdout);
}

/**
 * struct options - Command line
 *
 * @seed: The seed of the first sequence.
 * @count: Number of sequences.
 * @jobs: Number of processes that run sequences.
 * @clear_mask: Let some sequences clear bits of the mask.
 */
struct options {
	__u64 seed;
	__u64 count;
	int jobs;
	bool clear_mask;
};

/*
 * The capability that the sequence @i clears in the mask, or -1: all others in
 * the course of the test, and those above in the last sequences, because they
 * are missing afterwards.
 */
static int cap_to_clear(const struct options *const options, const __u64 i)
{
	const __u64 every = options->count / (CAP_LAST_CAP + 1);
	const __u64 left = options->count - i;

	if (!options->clear_mask)
		return -1;
	if (left <= ARRAY_SIZE(caps))
		return caps[left - 1];
	if (!every || i % every || i / every > CAP_LAST_CAP)
		return -1;
	for (size_t j = 0; j < ARRAY_SIZE(caps); j++)
		if (i / every == (__u64)caps[j])
			return -1;
	return i / every;
}

/* The mask is for all: such a sequence runs alone. */
static bool add_clear_mask(const struct options *const options,
			   struct sequence *const seq, const __u64 i)
{
	const int cap = cap_to_clear(options, i);

	if (cap < 0)
		return false;

	/* With a user namespace that is there before. */
	seq->steps[0].kind = STEP_CLONE;
	seq->steps[seq->num / 2] = (struct step){
		.kind = STEP_CLEAR_MASK,
		.cap = cap,
	};
	return true;
}

/*
 * Waits for the other jobs if one sequence must run alone.  Without the gate,
 * they would never leave the lock to it.
 */
static void take_lock(const int gate, const int lock, const bool alone)
{
	flock(gate, LOCK_EX);
	flock(lock, alone ? LOCK_EX : LOCK_SH);
	flock(gate, LOCK_UN);
}

static int open_lock(const char *const path)
{
	return open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
}

static void show_progress(const __u64 done, const time_t begin,
			  const struct options *const options)
{
	static time_t last;
	const time_t now = time(NULL);

	if (!last)
		last = begin;
	if (now - last < 10)
		return;

	last = now;
	printf("# %llu of %llu sequences after %lld s\n",
	       done, options->count,
	       (long long)(now - begin));
	fflush(stdout);
}

/* A process and those that it gives orders wait for each other: one processor. */
static void stay_on_processor(const int job)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(job % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Runs each sequence whose number is @first modulo the number of jobs. */
static int work(const struct options *const options, const int first)
{
	const int gate = open_lock("/mnt/gate");
	const int lock = open_lock("/mnt/lock");
	const time_t begin = time(NULL);
	static struct sequence seq;
	static struct run run;

	if (gate < 0 || lock < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		return -1;

	stay_on_processor(first);
	for (__u64 i = first; i < options->count; i += options->jobs) {
		generate(&seq, options->seed + i);
		take_lock(gate, lock, add_clear_mask(options, &seq, i));
		if (run_sequence(&run, &seq, false)) {
			report(&run, &seq, options->seed + i);
			return -1;
		}
		flock(lock, LOCK_UN);
		if (first == 0)
			show_progress(i, begin, options);
	}
	return 0;
}

/* Returns 0 if no job found a difference. */
static int work_all(const struct options *const options)
{
	pid_t jobs[options->jobs];
	int err = 0, status;

	fflush(stdout);
	for (int i = 0; i < options->jobs; i++) {
		jobs[i] = fork();
		if (jobs[i] == 0)
			exit(work(options, i) ? 1 : 0);
		if (jobs[i] < 0)
			err = -1;
	}
	for (int i = 0; i < options->jobs; i++)
		if (jobs[i] > 0 &&
		    (waitpid(jobs[i], &status, 0) != jobs[i] || status))
			err = -1;
	return err;
}

/* The state that model_init() and model_begin() describe. */
static bool is_initial(void)
{
	struct stat space;

	/* The inode of the initial user namespace, always. */
	return !stat("/proc/self/ns/user", &space) &&
	       space.st_ino == 0xeffffffd && !geteuid() &&
	       !prctl(PR_GET_SECUREBITS, 0, 0, 0, 0) &&
	       prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1;
}

static void parse_options(struct options *const options, const int argc,
			  char *const *const argv)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "sysctl", no_argument, NULL, 'm' },
		{}
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 's':
			options->seed = strtoull(optarg, NULL, 0);
			break;
		case 'c':
			options->count = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			options->jobs = atoi(optarg);
			break;
		case 'm':
			options->clear_mask = true;
			break;
		default:
			fprintf(stderr, "usage: %s [--seed N] [--count N] [--jobs N] [--sysctl]\n",
				argv[0]);
			exit(KSFT_FAIL);
		}
	}
	if (options->jobs < 1)
		options->jobs = 1;
}

int main(const int argc, char *const *const argv)
{
	struct options options = {
		.seed = time(NULL) * 1000003ULL,
		.count = 1000,
		.jobs = 1,
	};

	if (!strcmp(argv[0], ACTOR_NAME))
		actor_continue();

	parse_options(&options, argc, argv);
	ksft_print_header();
	ksft_set_plan(1);
	if (!is_initial())
		ksft_exit_skip("only root outside of user namespaces can run this\n");
	if (prctl(PR_CAP_USERNS, PR_CAP_USERNS_IS_SET, 0, 0, 0) < 0)
		ksft_exit_skip("the kernel does not bound capabilities in user namespaces\n");
	if (setgroups(0, NULL) || setresgid(GID, GID, GID) || make_programs())
		ksft_exit_fail_msg("cannot prepare the programs: %s\n",
				   strerror(errno));

	ksft_test_result(!work_all(&options),
			 "%llu sequences from seed %llu\n",
			 options.count,
			 options.seed);
	ksft_finished();
}
