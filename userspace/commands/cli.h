/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The commands
 */

#ifndef EXECLOCK_CLI_H
#define EXECLOCK_CLI_H

#include <argp.h>
#include <stdbool.h>

/**
 * enum status - Exit statuses
 *
 * @STATUS_OK: Done.
 * @STATUS_FAILED: The system did not do it.
 * @STATUS_USAGE: The command line is wrong.
 * @STATUS_POLICY: A policy is wrong, or not for this system.
 * @STATUS_KERNEL: The kernel lacks something.
 * @STATUS_LEFT_OUT: Done, but without what policies name and is missing.
 * @STATUS_RUN: "run" failed before it came to the command.
 * @STATUS_CANNOT_RUN: "run" was not able to execute the command.
 * @STATUS_NOT_FOUND: "run" did not find the command.
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

/** verbose - Whether libbpf's messages are shown (--verbose) */
extern bool verbose;

/** common_options - Options that all commands have, for argp's children */
extern const struct argp_child common_options[];

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
int cmd_run(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_unload(int argc, char **argv);

#endif /* EXECLOCK_CLI_H */
