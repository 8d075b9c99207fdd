// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Plans that programs follow, with or without new privileges
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "exectime_plan.h"
#include "nnp_plan.h"

static int try_restrict(void)
{
	return -exectime_restrict(DENY_NOTHING, 0);
}

static int nnp_tell(void)
{
	struct nnp_report report = {};
	size_t len = 0;
	char line[256];
	FILE *status;

	exectime_look_quickly(&report.exec);
	report.exec.seccomp = exectime_in_child(exectime_install_filter);
	report.restricted = exectime_in_child(try_restrict);

	status = fopen("/proc/self/status", "re");
	if (!status)
		return -errno;
	while (fgets(line, sizeof(line), status)) {
		if (strncmp(line, "Uid:", 4) && strncmp(line, "Gid:", 4) &&
		    strncmp(line, "Groups:", 7) && strncmp(line, "Cap", 3))
			continue;
		len += snprintf(report.status + len,
				sizeof(report.status) - len, "%s", line);
		if (len >= sizeof(report.status))
			break;
	}
	fclose(status);
	if (len < sizeof(report.status))
		len += snprintf(report.status + len,
				sizeof(report.status) - len,
				"personality: %x\ndumpable: %d\nauxv: %lu %lu %lu %lu %lu\n",
				personality(0xffffffff),
				prctl(PR_GET_DUMPABLE, 0, 0, 0, 0),
				getauxval(AT_UID), getauxval(AT_EUID),
				getauxval(AT_GID), getauxval(AT_EGID),
				getauxval(AT_SECURE));
	if (len >= sizeof(report.status))
		return -ENOSPC;

	if (write(atoi(getenv(EXECTIME_FD)), &report, sizeof(report)) !=
	    sizeof(report))
		return -EIO;
	return 0;
}

/* Executes the program in the environment, for the rest of the plan. */
int nnp_exec(const char *const plan)
{
	char *const argv[] = { "nnp", NULL };

	setenv(NNP_PLAN, plan, 1);
	execv(getenv(NNP_NEXT), argv);
	return -errno;
}

/*
 * One letter, one step:
 *
 * r: reports;
 * d: drops effective IDs for the real ones, and capabilities;
 * x: executes the next program.
 */
static void __attribute__((constructor(101))) nnp_follow_plan(void)
{
	const char *plan = getenv(NNP_PLAN);
	int err = 0;

	if (!plan)
		return;

	for (; *plan && !err; plan++) {
		switch (*plan) {
		case 'r':
			err = nnp_tell();
			break;
		case 'd':
			err = exectime_drop_privileges();
			break;
		case 'x':
			err = nnp_exec(plan + 1);
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			fprintf(stderr, "# nnp step '%c' failed: %d\n", *plan,
				err);
	}
	_exit(!!err);
}
