/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rulesets staged by BPF programs
 */

#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>

/**
 * enum stage_road - How a BPF program stages
 *
 * @STAGE_MAP: A ruleset from a map of rulesets.
 * @STAGE_KPTR: A ruleset that another map's value points to.
 * @STAGE_LIVE: A policy that it points to.
 * @STAGE_NNP: Only no_new_privs.
 * @STAGE_EXEC_NNP: Nothing; the execution itself gains no privileges.
 */
enum stage_road {
	STAGE_MAP,
	STAGE_KPTR,
	STAGE_LIVE,
	STAGE_NNP,
	STAGE_EXEC_NNP,
};

void stage_attach(enum stage_road road, const char *executable, int ruleset_fd);
void stage_leave(int last_fd);
unsigned long long stage_hits(void);
int stage_update(int ruleset_fd);

#endif /* STAGE_H */
