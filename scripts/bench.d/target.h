/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What exec_bench and the program that it executes agree on
 */

#ifndef TARGET_H
#define TARGET_H

#include <stdint.h>

/** SHARED_FD - Descriptor of a struct shared, when there is one */
#define SHARED_FD 3

/** DIRECTORY - Of all files that are made to measure */
#define DIRECTORY "/tmp/bench"

/** FORBIDDEN - File that no ruleset allows to write */
#define FORBIDDEN DIRECTORY "/forbidden"

/** DEEP - File to open, with ten directories above it */
#define DEEP DIRECTORY "/1/2/3/4/5/6/7/8/file"

/** NUM_OPENS - How many times it is opened to find out what once costs */
#define NUM_OPENS 5000

/**
 * struct shared - What the executed program tells
 *
 * @start: When it was about to exit, in instructions.
 * @opens: What NUM_OPENS times open(2) and close(2) cost.
 */
struct shared {
	uint64_t start;
	uint64_t opens;
};

#endif /* TARGET_H */
