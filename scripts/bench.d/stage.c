// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rulesets staged by BPF programs
 */

#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "roads.h"
#include "roads.skel.h"
#include "stage.h"

static struct roads_bpf *skeleton;

static struct bpf_program *program_of(enum stage_road road)
{
	switch (road) {
	case STAGE_MAP:
		return skeleton->progs.map;
	case STAGE_KPTR:
	case STAGE_LIVE:
		return skeleton->progs.kptr;
	case STAGE_NNP:
		return skeleton->progs.nnp;
	case STAGE_EXEC_NNP:
		return skeleton->progs.exec_nnp;
	}
	errx(1, "road %d is unknown", road);
}

static void store(int ruleset_fd, __u32 flags)
{
	struct store_request request = {
		.ruleset_fd = ruleset_fd,
		.flags = flags,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &request,
		    .ctx_size_in = sizeof(request));
	const int fd = bpf_program__fd(skeleton->progs.store);

	if (bpf_prog_test_run_opts(fd, &opts))
		err(1, "cannot run the program that stores a ruleset");
	if (opts.retval)
		errx(1, "cannot store a ruleset: %s", strerror(-opts.retval));
}

/**
 * stage_update - Store a ruleset in the map
 *
 * @ruleset_fd: The ruleset.
 *
 * Return: 0 or -errno.
 */
int stage_update(int ruleset_fd)
{
	const int fd = bpf_map__fd(skeleton->maps.rulesets);
	const __u32 slot = 0, value = ruleset_fd;

	return bpf_map_update_elem(fd, &slot, &value, BPF_ANY) ? -errno : 0;
}

/**
 * stage_attach - Have a BPF program stage for an executable from now on
 *
 * @road: How.
 * @executable: Path of the file, or NULL for the program to act upon nothing.
 * @ruleset_fd: The ruleset, or -1 when there is none.
 *
 * Exits on error.
 */
void stage_attach(enum stage_road road, const char *executable, int ruleset_fd)
{
	struct bpf_program *program;
	struct stat target = {};
	int error;

	skeleton = roads_bpf__open();
	if (!skeleton)
		err(1, "cannot open the BPF programs");
	program = program_of(road);
	bpf_program__set_autoload(program, true);
	bpf_program__set_autoload(skeleton->progs.store,
				  road == STAGE_KPTR || road == STAGE_LIVE);
	error = roads_bpf__load(skeleton);
	if (error)
		errx(1, "cannot load the BPF programs: %s", strerror(-error));

	if (ruleset_fd >= 0) {
		error = stage_update(ruleset_fd);
		if (error)
			errx(1, "cannot store a ruleset in the map: %s",
			     strerror(-error));
		if (road == STAGE_KPTR)
			store(ruleset_fd, 0);
		if (road == STAGE_LIVE)
			store(ruleset_fd, LANDLOCK_POLICY_LIVE);
	}
	if (executable && stat(executable, &target))
		err(1, "%s", executable);
	skeleton->bss->inode = target.st_ino;
	if (!bpf_program__attach(program))
		err(1, "cannot attach the BPF program");
}

/**
 * stage_leave - Leave BPF's file descriptors to another process
 *
 * @last_fd: Last descriptor of this process that is not one of them.
 *
 * Each exec would close its copies of them, which takes as many instructions
 * as some of what there is to measure.  Whoever loads a policy does not
 * execute the programs either.
 */
void stage_leave(int last_fd)
{
	const pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
			_exit(1);
		for (;;)
			pause();
	}
	if (close_range(last_fd + 1, ~0U, 0))
		err(1, "close_range");
}

/**
 * stage_hits - Ask the BPF program what it did
 *
 * Return: How many executions it staged for.  Exits if one failed.
 */
unsigned long long stage_hits(void)
{
	if (skeleton->bss->error)
		errx(1, "the BPF program could not stage: %s",
		     strerror(-skeleton->bss->error));
	return skeleton->bss->hits;
}
