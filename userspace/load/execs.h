/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Wait for the execs that BPF programs are deciding on
 */

#ifndef EXECLOCK_EXECS_H
#define EXECLOCK_EXECS_H

/**
 * execs_wait - Wait until each exec inside a BPF program has left it
 *
 * An exec that entered a hook before programs were attached to it does not run
 * them.  After this, each exec does.
 *
 * Return: 0, 1 if an exec stayed inside for too long, or -1 with the error
 * reported.
 */
int execs_wait(void);

#endif /* EXECLOCK_EXECS_H */
