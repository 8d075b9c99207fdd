/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Tell the service manager that a service is ready
 */

#ifndef EXECLOCK_NOTIFY_H
#define EXECLOCK_NOTIFY_H

/**
 * notify_ready - Tell that this service is ready, as sd_notify(3) does
 *
 * Without a service manager that waits for it, nothing is done.
 */
void notify_ready(void);

#endif /* EXECLOCK_NOTIFY_H */
