/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Wait for the execs that BPF programs are deciding on
 */

#ifndef EXECLOCK_EXECS_H
#define EXECLOCK_EXECS_H

/**
 * execs_wait - Wait until no exec is inside the BPF programs of now
 *
 * An exec whose way through the BPF programs of a hook began before others were
 * attached does not come by these.  After this, each exec does.
 *
 * Return: 0, 1 if an exec stays inside for so long that this gives up, or -1
 * with the error reported.
 */
int execs_wait(void);

#endif /* EXECLOCK_EXECS_H */
