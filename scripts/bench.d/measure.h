/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting the instructions that the whole machine executes
 *
 * Under "scripts/vm --icount" the time stamp counter goes up by one for each
 * instruction, whoever executes it, and by the time slept when there is nothing
 * to execute.
 */

#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>
#include <x86intrin.h>

/** INSNS_PER_SPIN - Instructions of one iteration of spin() */
#define INSNS_PER_SPIN 2

/** instructions() - How many instructions were executed so far */
static inline uint64_t instructions(void)
{
	return __rdtsc();
}

/** spin() - Execute @count times INSNS_PER_SPIN instructions */
static inline void spin(uint64_t count)
{
	asm volatile("1: dec %0\n\tjnz 1b" : "+r"(count));
}

/**
 * struct work - What to measure
 *
 * @run: Does it once, and returns 0 or -errno.
 * @data: Argument of @run.
 * @ignored: Added to by @run: instructions that are not to be counted.
 */
struct work {
	int (*run)(struct work *work);
	void *data;
	uint64_t ignored;
};

/**
 * struct sample - What one batch cost
 *
 * @count: Number of times that the work was done.
 * @cost: Instructions for each, with those of what it left to be done later.
 * @deferred: How many of them came after the end of the last one.
 */
struct sample {
	unsigned int count;
	double cost;
	double deferred;
};

/**
 * struct plan - How to measure
 *
 * @batches: How many samples to take.
 * @count: How many times to do the work for each, or 0 to find out.
 * @idles: Whether the work sleeps.
 * @profile: Whether to tell QEMU's plugin when each batch begins and ends.
 */
struct plan {
	unsigned int batches;
	unsigned int count;
	bool idles;
	bool profile;
};

void measure_calibrate(const struct plan *plan);
void measure_init(const struct plan *plan);
void measure(const struct plan *plan, struct work *work,
	     void (*report)(const struct sample *sample, void *data),
	     void *data);

#endif /* MEASURE_H */
