/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Features of the running kernel
 */

#ifndef EXECLOCK_FEATURES_H
#define EXECLOCK_FEATURES_H

#include <stdbool.h>

/**
 * struct features - Features of a kernel that execlock needs
 *
 * @landlock_abi: Landlock ABI version, 0 without Landlock.
 * @landlock_off: Whether the kernel has Landlock, but it is switched off.
 * @exectime: Whether landlock_restrict_self(2) can stage for the next exec.
 * @permissive: Whether layers can be permissive.
 * @places: Whether rules can be for names in directories.
 * @bpf_lsm: Whether BPF programs can be LSM hooks.
 * @map_type: Number of BPF_MAP_TYPE_LANDLOCK_RULESET, 0 if there is none.
 * @restrict_binprm: Whether BPF programs can stage rulesets.
 * @live: Whether the rulesets that these stage can be replaced.
 * @no_new_privs: Whether BPF programs can deny new privileges to one exec.
 * @userns_caps: Whether BPF programs can drop capabilities in user namespaces.
 * @login: Whether the kernel records the login user (audit).
 * @no_types: Whether the types of the kernel (BTF), which tell of the features,
 *            are missing.
 * @error: errno of the first probe that failed, whose feature then looks
 *         missing; 0 if none failed.
 * @doing: The operation that failed, after "cannot".
 */
struct features {
	int landlock_abi;
	bool landlock_off;
	bool exectime;
	bool permissive;
	bool places;
	bool bpf_lsm;
	int map_type;
	bool restrict_binprm;
	bool live;
	bool no_new_privs;
	bool userns_caps;
	bool login;
	bool no_types;
	int error;
	const char *doing;
};

/**
 * features_userns_mask - Read the bound of the system on capabilities in user
 *                        namespaces
 *
 * @mask: Set to the value of the sysctl.
 *
 * Return: true if the kernel has it.
 */
bool features_userns_mask(unsigned long long *mask);

/**
 * features_ask_landlock - Probe the features of Landlock
 *
 * @kernel: Cleared; the members for Landlock are filled in.
 */
void features_ask_landlock(struct features *kernel);

/**
 * features_ask_bpf - Probe the features for BPF programs
 *
 * @kernel: The result of features_ask_landlock(); the other members are filled
 *          in.
 */
void features_ask_bpf(struct features *kernel);

/**
 * features_can_be_quiet - Tell whether rules can be quiet
 *
 * @kernel: The result of features_ask_landlock().
 *
 * Return: true if so.
 */
bool features_can_be_quiet(const struct features *kernel);

/**
 * features_can_run - Tell whether a process can stage for itself
 *
 * @kernel: The result of features_ask_landlock().
 *
 * Return: true if so.
 */
bool features_can_run(const struct features *kernel);

/**
 * features_can_load - Tell whether BPF programs can stage, and deny new privileges
 *
 * @kernel: The result of features_ask_landlock() and features_ask_bpf().
 *
 * Return: true if so.
 */
bool features_can_load(const struct features *kernel);

/**
 * features_asked - Check that no probe failed
 *
 * @kernel: The result of features_ask_landlock() and features_ask_bpf().
 *
 * Return: STATUS_OK, or STATUS_FAILED with the error reported.
 */
int features_asked(const struct features *kernel);

/**
 * features_need_exectime - Check that a process can stage for itself
 *
 * @kernel: The result of features_ask_landlock().
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if the probe
 * failed, STATUS_FAILED.
 */
int features_need_exectime(const struct features *kernel);

/**
 * features_need_bpf - Check that BPF programs can stage
 *
 * @kernel: The result of features_ask_landlock() and features_ask_bpf().
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if the probe
 * failed, STATUS_FAILED.
 */
int features_need_bpf(const struct features *kernel);

/**
 * features_need_nnp - Check that BPF programs can deny new privileges
 *
 * Landlock is not needed for this.
 *
 * @kernel: The result of features_ask_landlock() and features_ask_bpf().
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if the probe
 * failed, STATUS_FAILED.
 */
int features_need_nnp(const struct features *kernel);

/**
 * features_need_login - Check that policies can depend on the login user
 *
 * @kernel: The result of features_ask_landlock() and features_ask_bpf().
 *
 * Return: STATUS_OK, or with the error reported STATUS_KERNEL or, if the probe
 * failed, STATUS_FAILED.
 */
int features_need_login(const struct features *kernel);

/**
 * features_report_refused - Report that BPF programs could not be loaded
 *
 * @command: The command and its arguments, to be repeated with --verbose.
 *
 * The reason is in errno.
 *
 * Return: always -1.
 */
int features_report_refused(const char *command);

#endif /* EXECLOCK_FEATURES_H */
