/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Orders of a test to the programs of drop.bpf.c
 */

#ifndef _DROP_H
#define _DROP_H

/**
 * struct drop_orders - Capabilities that each program drops
 *
 * @create: From userns_create.
 * @create_atomic: From there, in a program that cannot sleep.
 * @create_again: From there, in one more program.
 * @for_exec: From bprm_creds_for_exec.
 * @for_exec_atomic: From there, in a program that cannot sleep.
 * @check: From bprm_check_security.
 * @check_atomic: From there, in a program that cannot sleep.
 * @from_file: From bprm_creds_from_file.
 * @from_file_atomic: From there, in a program that cannot sleep.
 * @fail: Then let the exec or the creation of the user namespace fail with
 *        EPERM.
 */
struct drop_orders {
	unsigned long long create;
	unsigned long long create_atomic;
	unsigned long long create_again;
	unsigned long long for_exec;
	unsigned long long for_exec_atomic;
	unsigned long long check;
	unsigned long long check_atomic;
	unsigned long long from_file;
	unsigned long long from_file_atomic;
	bool fail;
};

#endif /* _DROP_H */
