// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting the instructions that the whole machine executes
 *
 * Work is done in batches.  The end of one exec leaves work for later, to RCU
 * and to work queues, which is part of its cost: the batch is over when this is
 * done too.  Sleeping for that would not do, because time passes faster when
 * the processor has nothing to execute.  So this process keeps it busy with
 * a loop of a known number of instructions, and all that is executed above this
 * number was executed for the batch, except for what the machine always does
 * (its clock ticks), which is measured first.
 */

#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"
#include "target.h"

/*
 * How long deferred work is waited for: 6 ticks of 10 ms, enough for two grace
 * periods of RCU when there is only one processor.  What takes longer is paid
 * for by the next batch, which leaves as much to the one after it.
 */
#define DRAIN_SPINS (60000000 / INSNS_PER_SPIN)

/* About how much a batch should cost, within these limits. */
#define BATCH_INSTRUCTIONS 50000000.0
#define BATCH_MIN 2
#define BATCH_MAX 200

/* The file that has what draining costs when there is nothing to drain. */
#define QUIET DIRECTORY "/quiet"
#define NUM_CALIBRATIONS 5

static uintmax_t quiet;

/* Iterations of the loop that the processor falls back to, if there is one. */
static volatile uint64_t *background;

/*
 * Where QEMU's plugin sees that a batch begins and ends: it is told these
 * addresses, see Makefile.  Nothing else in the machine is mapped there.
 */
asm(".pushsection .window, \"ax\"\n"
	".globl window_open, window_close\n"
	"window_open:\n\tret\n"
	".balign 64\n"
	"window_close:\n\tret\n"
	".popsection");
void window_open(void);
void window_close(void);

/* Executes something when nobody else wants the processor, and counts it. */
static void start_background(void)
{
	const struct sched_param param = {};
	const pid_t parent = getpid();
	pid_t pid;

	background = mmap(NULL, sizeof(*background), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (background == MAP_FAILED)
		err(1, "mmap");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid)
		return;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	if (sched_setscheduler(0, SCHED_IDLE, &param))
		err(1, "sched_setscheduler");
	asm volatile("1: incq (%0)\n\tjmp 1b" : : "r"(background) : "memory");
	__builtin_unreachable();
}

static uint64_t background_instructions(void)
{
	return background ? *background * INSNS_PER_SPIN : 0;
}

/* What has been executed, except to pass the time. */
static uint64_t busy(void)
{
	return instructions() - background_instructions();
}

static uint64_t drain(void)
{
	const uint64_t begin = busy();

	spin(DRAIN_SPINS);
	return busy() - begin - DRAIN_SPINS * INSNS_PER_SPIN;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Exits if this machine does not count instructions. */
static void check_clock(void)
{
	const struct timespec second = { .tv_sec = 1 };
	const uint64_t spins = 1000000, expected = spins * INSNS_PER_SPIN;
	uint64_t least = UINT64_MAX;

	/* What came before may have left something to do. */
	nanosleep(&second, NULL);
	for (int i = 0; i < 5; i++) {
		const uint64_t begin = instructions();
		uint64_t count;

		spin(spins);
		count = instructions() - begin;
		if (count < least)
			least = count;
	}
	if (least < expected || least > expected * 11 / 10)
		errx(1, "%ju instructions count as %ju: run this with scripts/vm --icount",
		     (uintmax_t)expected, (uintmax_t)least);
}

/**
 * measure_calibrate - Find out what draining costs without anything to drain
 *
 * @plan: How it is going to be measured.
 *
 * This is what the machine always does, so it is done once for each boot, and
 * kept in a file for those who measure.
 */
void measure_calibrate(const struct plan *plan)
{
	uint64_t costs[NUM_CALIBRATIONS];
	FILE *file;

	check_clock();
	if (plan->idles)
		start_background();
	drain();
	for (size_t i = 0; i < NUM_CALIBRATIONS; i++)
		costs[i] = drain();
	qsort(costs, NUM_CALIBRATIONS, sizeof(costs[0]), compare);
	file = fopen(QUIET, "we");
	if (!file || fprintf(file, "%ju\n",
			     (uintmax_t)costs[NUM_CALIBRATIONS / 2]) < 0 ||
	    fclose(file))
		err(1, "cannot write " QUIET);
}

/**
 * measure_init - Get ready
 *
 * @plan: How it is going to be measured, as for measure_calibrate().
 */
void measure_init(const struct plan *plan)
{
	FILE *const file = fopen(QUIET, "re");

	if (!file || fscanf(file, "%ju", &quiet) != 1)
		errx(1, "cannot read " QUIET ": prepare first");
	fclose(file);
	check_clock();
	if (plan->idles)
		start_background();
}

/* Returns what doing it @count times cost until the end of the last one. */
static uint64_t do_work(struct work *work, unsigned int count)
{
	uint64_t begin;

	work->ignored = 0;
	begin = busy();
	for (unsigned int i = 0; i < count; i++) {
		const int error = work->run(work);

		if (error)
			errx(1, "what is to be measured fails: %s",
			     strerror(-error));
	}
	return busy() - begin - work->ignored;
}

static struct sample do_batch(struct work *work, unsigned int count)
{
	const double cost = do_work(work, count);
	const double deferred = (double)drain() - quiet;

	return (struct sample) {
		.count = count,
		.cost = (cost + deferred) / count,
		.deferred = deferred / count,
	};
}

/**
 * measure - Take samples of what something costs
 *
 * @plan: How.
 * @work: What.
 * @report: Called for each sample.
 * @data: Passed to @report.
 *
 * The first batch, which fills caches, is not reported.
 */
void measure(const struct plan *plan, struct work *work,
	     void (*report)(const struct sample *sample, void *data),
	     void *data)
{
	unsigned int count = plan->count;
	struct sample sample;

	/* The very first time may cost much more than the next ones. */
	if (!count) {
		do_work(work, 1);
		count = BATCH_INSTRUCTIONS / do_work(work, 1);
		if (count > BATCH_MAX)
			count = BATCH_MAX;
		else if (count < BATCH_MIN)
			count = BATCH_MIN;
	}
	do_batch(work, count);
	for (unsigned int i = 0; i < plan->batches; i++) {
		if (plan->profile)
			window_open();
		sample = do_batch(work, count);
		if (plan->profile)
			window_close();
		report(&sample, data);
	}
}
