/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Plans that programs follow, with or without new privileges
 */

#ifndef _NNP_PLAN_H
#define _NNP_PLAN_H

#include "exectime_probe.h"

#define NNP_NEXT "NNP_NEXT"
#define NNP_PLAN "NNP_PLAN"

/**
 * struct nnp_report - IDs and privileges of an executed program
 *
 * @exec: Report of the other tests.
 * @restricted: errno of landlock_restrict_self(2).
 * @status: IDs and capabilities, according to /proc/self/status, and other
 *          results that depend on the gained privileges.
 */
struct nnp_report {
	struct exec_report exec;
	int restricted;
	char status[768];
};

int nnp_exec(const char *const plan);

#endif /* _NNP_PLAN_H */
