/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Orders of a test to the programs of nnp.bpf.c
 */

#ifndef _NNP_H
#define _NNP_H

/**
 * struct nnp_orders - Actions of the programs, by exec
 *
 * Bit N is for the exec N of the process, the first one being 0.
 *
 * @limit: Set no_new_privs from bprm_limit_privs.
 * @limit_atomic: Set it from there, in a program that cannot sleep.
 * @limit_fail: Let the exec fail with EPERM, from bprm_limit_privs.
 * @for_exec: Set it from bprm_creds_for_exec.
 * @atomic: Set it from there, in a program that cannot sleep.
 * @check: Set it from bprm_check_security.
 * @check_last: Set it from there, only if it is not the first call.
 * @stage: Stage no_new_privs for the exec, as Landlock does.
 * @fail: Let the exec fail with EPERM, from bprm_check_security.
 * @initial_only: Do all of that for the initial user namespace only.
 */
struct nnp_orders {
	unsigned int limit;
	unsigned int limit_atomic;
	unsigned int limit_fail;
	unsigned int for_exec;
	unsigned int atomic;
	unsigned int check;
	unsigned int check_last;
	unsigned int stage;
	unsigned int fail;
	bool initial_only;
};

#endif /* _NNP_H */
