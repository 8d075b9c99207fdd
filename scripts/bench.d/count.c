// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU plugin: count the instructions of each piece of code
 *
 * Counts between two addresses that the guest executes (see measure.c), and
 * writes to the file given as out=FILE, for each translated block, a line
 *
 *	block ADDRESS EXECUTIONS INSTRUCTIONS
 *
 * where INSTRUCTIONS is in one execution, and for each pair of blocks of which
 * one came just after the other, by a call, a jump or an interrupt,
 *
 *	edge FROM TO TIMES
 *
 * QEMU's header is not part of any Debian package.  What is used here did not
 * change since plugins exist; the version that a plugin states did, and must
 * be one that QEMU supports.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION 1
#endif

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_info;
typedef uint64_t plugin_id;

/* The other values are about registers, which we do not touch. */
enum cb_flags { CB_NO_REGS };

uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
typedef void (*translate_cb)(plugin_id id, struct qemu_plugin_tb *tb);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, translate_cb callback);
typedef void (*exec_cb)(unsigned int cpu, void *data);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  exec_cb callback, enum cb_flags flags,
					  void *data);

EXPORT int qemu_plugin_version = PLUGIN_VERSION;
EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info *info,
			       int argc, char **argv);

/* As .balign in measure.c has it. */
#define WINDOW_OPEN WINDOW
#define WINDOW_CLOSE (WINDOW + 64)

/**
 * struct block - Some instructions that are executed one after the other
 *
 * @next: In the same bucket.
 * @address: Of the first one.
 * @size: How many.
 * @count: How many times they were executed.
 */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t size;
	uint64_t count;
};

/**
 * struct edge - Two blocks, of which the second one was executed after the
 * first one
 *
 * @next: In the same bucket.
 * @from: The first one.
 * @to: The second one.
 * @count: How many times.
 */
struct edge {
	struct edge *next;
	const struct block *from;
	const struct block *to;
	uint64_t count;
};

#define BUCKETS (1 << 16)

/* There is one processor, so one thread that gets here. */
static struct block *blocks[BUCKETS];
static struct edge *edges[BUCKETS];
static const struct block *last;
static bool counting;
static const char *out;

static size_t bucket(uint64_t a, uint64_t b)
{
	return ((a ^ b * 31) * 0x9e3779b97f4a7c15ULL) >> 48;
}

static void *allocate(size_t size)
{
	void *const memory = calloc(1, size);

	if (!memory) {
		fputs("count: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static struct block *find_block(uint64_t address, uint64_t size)
{
	struct block **const head = &blocks[bucket(address, size)];
	struct block *block;

	for (block = *head; block; block = block->next)
		if (block->address == address && block->size == size)
			return block;

	block = allocate(sizeof(*block));
	block->address = address;
	block->size = size;
	block->next = *head;
	*head = block;
	return block;
}

static void count_edge(const struct block *from, const struct block *to)
{
	struct edge **const head = &edges[bucket((uintptr_t)from >> 4,
						 (uintptr_t)to >> 4)];
	struct edge *edge;

	for (edge = *head; edge; edge = edge->next)
		if (edge->from == from && edge->to == to) {
			edge->count++;
			return;
		}

	edge = allocate(sizeof(*edge));
	edge->from = from;
	edge->to = to;
	edge->count = 1;
	edge->next = *head;
	*head = edge;
}

static void write_counts(void)
{
	FILE *const file = fopen(out, "w");

	if (!file) {
		fprintf(stderr, "count: %s: %s\n", out, strerror(errno));
		exit(1);
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		for (const struct block *b = blocks[i]; b; b = b->next)
			if (b->count)
				fprintf(file, "block %jx %ju %ju\n",
					(uintmax_t)b->address,
					(uintmax_t)b->count,
					(uintmax_t)b->size);
		for (const struct edge *e = edges[i]; e; e = e->next)
			fprintf(file, "edge %jx %jx %ju\n",
				(uintmax_t)e->from->address,
				(uintmax_t)e->to->address,
				(uintmax_t)e->count);
	}
	fclose(file);
}

static void count(unsigned int cpu, void *data)
{
	struct block *const block = data;

	(void)cpu;
	if (block->address == WINDOW_OPEN) {
		counting = true;
		last = NULL;
	} else if (block->address == WINDOW_CLOSE && counting) {
		counting = false;
		write_counts();
	}
	if (!counting)
		return;
	block->count++;
	if (last)
		count_edge(last, block);
	last = block;
}

static void translate(plugin_id id, struct qemu_plugin_tb *tb)
{
	void *const block = find_block(qemu_plugin_tb_vaddr(tb),
				       qemu_plugin_tb_n_insns(tb));

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, count, CB_NO_REGS, block);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc,
			char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	if (!out) {
		fputs("count: out=FILE is missing\n", stderr);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
