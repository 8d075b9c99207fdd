/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Sub-commands and their exit statuses
 */

#ifndef EXECLOCK_CLI_H
#define EXECLOCK_CLI_H

#include <argp.h>

/**
 * enum status - Exit statuses
 *
 * @STATUS_OK: The command succeeded.
 * @STATUS_FAILED: An operation failed.
 * @STATUS_USAGE: The command line is wrong.
 * @STATUS_POLICY: A policy is invalid, or not for this system.
 * @STATUS_KERNEL: The kernel lacks a feature.
 * @STATUS_LEFT_OUT: The command succeeded, but rules or conditions of policies
 *                   are left out because their paths are missing.
 * @STATUS_RUN: "run" failed before it executed COMMAND.
 * @STATUS_CANNOT_RUN: COMMAND cannot be executed.
 * @STATUS_NOT_FOUND: COMMAND was not found.
 */
enum status {
	STATUS_OK,
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_POLICY,
	STATUS_KERNEL,
	STATUS_LEFT_OUT,
	STATUS_RUN = 125,
	STATUS_CANNOT_RUN = 126,
	STATUS_NOT_FOUND = 127,
};

/** common_options - Options of all commands, for argp's children */
extern const struct argp_child common_options[];

/**
 * cli_take_command - Take an argument and all that follow as one command line
 *
 * @state: The state of argp, at ARGP_KEY_ARG.
 *
 * Return: The command line, which ends with NULL.
 */
char **cli_take_command(struct argp_state *state);

/*
 * The commands.  @argv[0] is "execlock COMMAND", for messages; each returns an
 * &enum status.
 */
int cmd_cgroup(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_features(int argc, char **argv);
int cmd_learn(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_nnp(int argc, char **argv);
int cmd_oci_hook(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_trial(int argc, char **argv);
int cmd_unload(int argc, char **argv);
int cmd_userns(int argc, char **argv);

#endif /* EXECLOCK_CLI_H */
