// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory of the kernel a control group uses
 */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

#define CGROUP "/sys/fs/cgroup"
#define OURS CGROUP "/bench"

static void write_file(const char *path, const char *text)
{
	FILE *const file = fopen(path, "we");

	if (!file || fputs(text, file) == EOF || fclose(file))
		err(1, "cannot write %s to %s", text, path);
}

/** memory_enter - Move this process to a control group of its own */
void memory_enter(void)
{
	char pid[16];

	write_file(CGROUP "/cgroup.subtree_control", "+memory");
	if (mkdir(OURS, 0755) && errno != EEXIST)
		err(1, "cannot make " OURS);
	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(OURS "/cgroup.procs", pid);
}

static void read_control_group(struct memory *memory)
{
	FILE *const file = fopen(OURS "/memory.stat", "re");
	char name[64];
	long long value;
	int found = 0;

	if (!file)
		err(1, OURS "/memory.stat");
	while (fscanf(file, "%63s %lld", name, &value) == 2) {
		if (!strcmp(name, "kernel"))
			memory->kernel = value;
		else if (!strcmp(name, "slab"))
			memory->slab = value;
		else
			continue;
		found++;
	}
	fclose(file);
	if (found != 2)
		errx(1, OURS "/memory.stat lacks kernel or slab");
}

static void read_slabs(struct memory *memory)
{
	FILE *const file = fopen("/proc/slabinfo", "re");
	char line[256];

	if (!file)
		err(1, "/proc/slabinfo");
	memory->objects = 0;
	while (fgets(line, sizeof(line), file)) {
		long long active, num, size;

		if (sscanf(line, "%*s %lld %lld %lld", &active, &num,
			   &size) == 3)
			memory->objects += active * size;
	}
	fclose(file);
	if (!memory->objects)
		errx(1, "/proc/slabinfo has no slab");
}

/**
 * memory_read - Read the figures
 *
 * @memory: Where to put them.
 */
void memory_read(struct memory *memory)
{
	read_control_group(memory);
	read_slabs(memory);
}
