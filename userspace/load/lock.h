/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The lock under which policies in the kernel change
 */

#ifndef EXECLOCK_LOCK_H
#define EXECLOCK_LOCK_H

/**
 * lock_take - Wait until no other execlock changes anything
 *
 * The lock is released when the process ends.
 *
 * Return: 0, or -1 with the error reported.
 */
int lock_take(void);

/**
 * lock_take_early - Take the lock before it is needed, if possible
 *
 * For commands that read files first: of two commands that run at the same
 * time, the last one to change policies then also reads the files last.  Errors
 * are left to lock_take(): a mistake in a file is to be reported first.
 */
void lock_take_early(void);

#endif /* EXECLOCK_LOCK_H */
