/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Landlock - Rulesets behind file descriptors
 *
 * Copyright © 2026 The execlock authors
 */

#ifndef _SECURITY_LANDLOCK_SYSCALLS_H
#define _SECURITY_LANDLOCK_SYSCALLS_H

#include <linux/fs.h>

struct landlock_ruleset;

struct landlock_ruleset *landlock_get_ruleset_from_fd(const int fd,
						      const fmode_t mode);

#endif /* _SECURITY_LANDLOCK_SYSCALLS_H */
