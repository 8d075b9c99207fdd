/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Plans that executed programs follow
 *
 * Only the program that is executed next sees the effect of a staged ruleset.
 * Any test that is linked with exectime_plan.c is also that program: when
 * EXECTIME_PLAN is in the environment, a constructor follows the plan instead of
 * running the tests.  The environment, unlike the arguments, comes unchanged
 * through scripts, set-user-ID programs and posix_spawn(3).
 */

#ifndef _LANDLOCK_EXECTIME_PLAN_H
#define _LANDLOCK_EXECTIME_PLAN_H

#include <stdbool.h>

/* Environment: where reports go, the plan, and another task. */
#define EXECTIME_FD "EXECTIME_FD"
#define EXECTIME_PLAN "EXECTIME_PLAN"
#define EXECTIME_PID "EXECTIME_PID"

int exectime_report(const bool quick);

int exectime_drop_privileges(void);

int exectime_trace(void);

int exectime_exec(const char *const plan);

#endif /* _LANDLOCK_EXECTIME_PLAN_H */
