/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The numbers of an execlock kernel that mainline has not assigned
 *
 * They are provisional, see README.md.  No other file repeats them: the tools
 * find the features of a kernel by behaviour or by name (BTF).
 */

#ifndef EXECLOCK_PROVISIONAL_H
#define EXECLOCK_PROVISIONAL_H

/* Flag of landlock_restrict_self(2). */
#define PROVISIONAL_RESTRICT_SELF_EXECTIME 0x20U

/* Another one. */
#define PROVISIONAL_RESTRICT_SELF_PERMISSIVE 0x40U

/* Flags of a ruleset in a map. */
#define PROVISIONAL_POLICY_LIVE 0x1U
#define PROVISIONAL_POLICY_PERMISSIVE 0x2U

/* Landlock ABI version of the first kernel with these flags. */
#define PROVISIONAL_LANDLOCK_ABI 12

/* Option of prctl(2). */
#define PROVISIONAL_PR_CAP_USERNS 48

/* Map type: the loader replaces it with that of the running kernel. */
#define PROVISIONAL_MAP_TYPE_LANDLOCK_RULESET 36

#endif /* EXECLOCK_PROVISIONAL_H */
