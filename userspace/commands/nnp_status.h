/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock nnp status - Show exempt cgroups, counters and the latest denials
 */

#ifndef EXECLOCK_NNP_STATUS_H
#define EXECLOCK_NNP_STATUS_H

/**
 * nnp_status - Run "execlock nnp status"
 *
 * @arguments: Not used.
 *
 * Return: an &enum status.
 */
int nnp_status(const void *arguments);

#endif /* EXECLOCK_NNP_STATUS_H */
