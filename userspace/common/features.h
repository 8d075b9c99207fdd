/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - What the running kernel can do
 */

#ifndef EXECLOCK_FEATURES_H
#define EXECLOCK_FEATURES_H

#include <stdbool.h>

/**
 * struct features - What execlock needs of a kernel
 *
 * @landlock_abi: Landlock ABI version, 0 if there is no Landlock.
 * @landlock_off: Whether there is, but it was not switched on.
 * @exectime: Whether landlock_restrict_self(2) can stage for the next exec.
 * @bpf_lsm: Whether BPF programs can be LSM hooks.
 * @map_type: Number of BPF_MAP_TYPE_LANDLOCK_RULESET, 0 if there is none.
 * @restrict_binprm: Whether BPF programs can stage rulesets.
 * @no_new_privs: Whether BPF programs can deny new privileges to one exec.
 * @login: Whether it keeps who logged in, which is audit's.
 * @no_types: Whether the types of the kernel (BTF), which tell of this, are not
 *            there.
 * @error: Why something could not be asked (errno), which is then as if it were
 *         lacking; 0 if everything could.
 * @doing: What that was, after "cannot".
 */
struct features {
	int landlock_abi;
	bool landlock_off;
	bool exectime;
	bool bpf_lsm;
	int map_type;
	bool restrict_binprm;
	bool no_new_privs;
	bool login;
	bool no_types;
	int error;
	const char *doing;
};

/**
 * features_ask_landlock - Ask for what Landlock can do
 *
 * @kernel: It is cleared, and the members for Landlock are set.
 */
void features_ask_landlock(struct features *kernel);

/**
 * features_ask_bpf - Ask for what BPF programs can do
 *
 * @kernel: What features_ask_landlock() found; the other members are set.
 */
void features_ask_bpf(struct features *kernel);

/**
 * features_asked - Make sure that everything could be asked
 *
 * @kernel: What features_ask_landlock() and features_ask_bpf() found.
 *
 * Return: STATUS_OK, or STATUS_FAILED with the error reported.
 */
int features_asked(const struct features *kernel);

/**
 * features_need_exectime - Make sure that a process can stage for itself
 *
 * @kernel: What features_ask_landlock() found.
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if it could not
 * be asked, STATUS_FAILED.
 */
int features_need_exectime(const struct features *kernel);

/**
 * features_need_bpf - Make sure that BPF programs can stage
 *
 * @kernel: What features_ask_landlock() and features_ask_bpf() found.
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if it could not
 * be asked, STATUS_FAILED.
 */
int features_need_bpf(const struct features *kernel);

/**
 * features_need_nnp - Make sure that BPF programs can deny new privileges
 *
 * This has nothing to do with Landlock.
 *
 * @kernel: What features_ask_landlock() and features_ask_bpf() found.
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if it could not
 * be asked, STATUS_FAILED.
 */
int features_need_nnp(const struct features *kernel);

/**
 * features_need_login - Make sure that policies can depend on who logged in
 *
 * @kernel: What features_ask_landlock() and features_ask_bpf() found.
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if it could not
 * be asked, STATUS_FAILED.
 */
int features_need_login(const struct features *kernel);

/**
 * features_report_refused - Report that BPF programs could not be loaded
 *
 * @command: The command and its arguments, to be repeated with --verbose.
 *
 * errno says why.
 *
 * Return: always -1.
 */
int features_report_refused(const char *command);

#endif /* EXECLOCK_FEATURES_H */
