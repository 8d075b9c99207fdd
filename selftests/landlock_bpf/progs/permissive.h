/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs of permissive.bpf.c saw
 */

#ifndef _PERMISSIVE_H
#define _PERMISSIVE_H

#define MAX_SEEN 16

/**
 * struct seen - A denial, or an access that a permissive layer would deny
 *
 * @access: The denied rights.
 * @domain: ID of the domain that is reported.
 * @permissive: Whether its youngest layer is permissive.
 */
struct seen {
	unsigned long long access;
	unsigned long long domain;
	int permissive;
};

#endif /* _PERMISSIVE_H */
