// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Logged denials of domains staged with
 *                  LANDLOCK_RESTRICT_SELF_EXECTIME
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "common.h"
#include "exectime.h"
#include "exectime_trace.h"

#define SAME_EXEC_OFF LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF
#define NEW_EXEC_ON LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON
#define SUBDOMAINS_OFF LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF

FIXTURE(denials)
{
	bool available;
};

FIXTURE_VARIANT(denials)
{
	/* Whether the task is muted before or after it stages. */
	bool muted_before;
	bool muted_after;
	/* Flags of the stage. */
	__u32 flags;
	/* Whether the ruleset of the stage is quiet about its denials. */
	bool quiet;
	/* Whether the task makes a domain after it staged, and before it execs. */
	bool domain_before_exec;
	/* Whether denials of the stage are logged, in the program executed. */
	int staged_logged;
	/* And in the programs that it executes. */
	int later_logged;
	/* And those of a domain that the executed program makes. */
	int sub_logged;
};

/* The exec that enforces the stage is the stage's own. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, no_flag) {
	/* clang-format on */
	.staged_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, same_exec_off) {
	/* clang-format on */
	.flags = SAME_EXEC_OFF,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, new_exec_on) {
	/* clang-format on */
	.flags = NEW_EXEC_ON,
	.staged_logged = 1,
	.later_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, same_exec_off_new_exec_on) {
	/* clang-format on */
	.flags = SAME_EXEC_OFF | NEW_EXEC_ON,
	.later_logged = 1,
	.sub_logged = 1,
};

/* It does not mute the stage itself, and nothing before the exec. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off) {
	/* clang-format on */
	.flags = SUBDOMAINS_OFF,
	.staged_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off_new_exec_on) {
	/* clang-format on */
	.flags = SUBDOMAINS_OFF | NEW_EXEC_ON,
	.staged_logged = 1,
	.later_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off_domain_before_exec) {
	/* clang-format on */
	.flags = SUBDOMAINS_OFF,
	.domain_before_exec = true,
	.staged_logged = 1,
};

/* The stage is a domain that the muted task makes. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, muted_before) {
	/* clang-format on */
	.muted_before = true,
	.flags = NEW_EXEC_ON,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, muted_after) {
	/* clang-format on */
	.muted_after = true,
	.staged_logged = 1,
};

/* Making the stage again for a new domain does not make it muted. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, muted_after_domain_before_exec) {
	/* clang-format on */
	.muted_after = true,
	.domain_before_exec = true,
	.flags = NEW_EXEC_ON,
	.staged_logged = 1,
	.later_logged = 1,
};

/* Quiet rules are part of the snapshot. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, quiet) {
	/* clang-format on */
	.quiet = true,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, quiet_domain_before_exec) {
	/* clang-format on */
	.quiet = true,
	.domain_before_exec = true,
	.sub_logged = 1,
};

FIXTURE_SETUP(denials)
{
	exectime_prepare_dir(_metadata);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(denials)
{
	if (self->available)
		enable_events(_metadata, false);
}

static int quiet_ruleset(struct __test_metadata *const _metadata,
			 const __u64 denied, const bool quiet)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = denied,
		.quiet_access_fs = quiet ? denied : 0,
	};
	struct landlock_path_beneath_attr path_beneath = {};
	int ruleset_fd;

	ruleset_fd = landlock_create_ruleset(&attr, sizeof(attr), 0);
	ASSERT_LE(0, ruleset_fd);
	if (!quiet)
		return ruleset_fd;

	path_beneath.parent_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, path_beneath.parent_fd);
	ASSERT_EQ(0, landlock_add_rule(ruleset_fd, LANDLOCK_RULE_PATH_BENEATH,
				       &path_beneath, LANDLOCK_ADD_RULE_QUIET));
	ASSERT_EQ(0, close(path_beneath.parent_fd));
	return ruleset_fd;
}

static void mute(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, landlock_restrict_self(-1, SUBDOMAINS_OFF));
}

static void stage_then_exec(struct __test_metadata *const _metadata,
			    const FIXTURE_VARIANT(denials) * const variant,
			    const char *const plan)
{
	const int ruleset_fd = quiet_ruleset(_metadata, DENY_A, variant->quiet);

	if (variant->muted_before)
		mute(_metadata);
	ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
					    RESTRICT_EXECTIME |
						    variant->flags));
	ASSERT_EQ(0, close(ruleset_fd));
	if (variant->muted_after)
		mute(_metadata);
	if (variant->domain_before_exec) {
		ASSERT_EQ(0, exectime_restrict(DENY_B, 0));
		EXPECT_EQ(-1, mkdir("dir", 0700));
	}
	if (exectime_exec(plan))
		_exit(1);
}

TEST_F(denials, logged)
{
	/* Domains, in the order of their creation. */
	const int num_before = variant->domain_before_exec ? 3 : 1;
	const int staged = num_before, sub = num_before + 1;
	const struct event *deny_staged = NULL, *deny_sub = NULL;
	const struct event *deny_before = NULL;
	struct exec_report report = {};
	struct exec_run run;
	struct trace trace;

	/* One denial by the stage, then one by the program's own. */
	if (exectime_fork(_metadata, &run))
		stage_then_exec(_metadata, variant, "qS");
	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_TRUE(report.denied & DENY_A);

	read_balanced_events(_metadata, &trace);
	for (int i = 0; i < trace.num; i++) {
		const struct event *const event = &trace.events[i];
		const int rank = domain_rank(&trace, event->domain);

		if (event->type == EVENT_FREE && rank == staged)
			EXPECT_EQ(1, event->denials);
		if (event->type != EVENT_DENY)
			continue;
		if (rank == staged)
			deny_staged = event;
		else if (rank == sub)
			deny_sub = event;
		else if (!deny_before)
			deny_before = event;
	}

	ASSERT_NE(NULL, deny_staged);
	EXPECT_EQ(1, deny_staged->same_exec);
	EXPECT_EQ(variant->staged_logged, deny_staged->logged);

	ASSERT_NE(NULL, deny_sub);
	EXPECT_EQ(1, deny_sub->same_exec);
	EXPECT_EQ(variant->sub_logged, deny_sub->logged);

	if (variant->domain_before_exec) {
		ASSERT_NE(NULL, deny_before);
		EXPECT_EQ(1, deny_before->same_exec);
		EXPECT_EQ(!variant->muted_after, deny_before->logged);
	}
}

/* The program's own execs are not the stage's exec any more. */
TEST_F(denials, logged_later)
{
	const int staged = variant->domain_before_exec ? 3 : 1;
	const struct event *denials[2] = {};
	struct exec_report reports[2] = {};
	struct exec_run run;
	struct trace trace;
	int num = 0;

	if (exectime_fork(_metadata, &run))
		stage_then_exec(_metadata, variant, "qxq");
	EXPECT_EQ(2, exectime_wait(_metadata, &run, reports, 2));

	read_balanced_events(_metadata, &trace);
	for (int i = 0; i < trace.num; i++) {
		const struct event *const event = &trace.events[i];

		if (event->type == EVENT_DENY &&
		    domain_rank(&trace, event->domain) == staged) {
			ASSERT_GT(2, num);
			denials[num++] = event;
		}
	}
	ASSERT_EQ(2, num);
	EXPECT_EQ(1, denials[0]->same_exec);
	EXPECT_EQ(variant->staged_logged, denials[0]->logged);
	EXPECT_EQ(0, denials[1]->same_exec);
	EXPECT_EQ(variant->later_logged, denials[1]->logged);
}

/* Not only files can be quiet. */
FIXTURE(quiet)
{
	int socket_fd;
	bool available;
};

FIXTURE_VARIANT(quiet)
{
	/* Restrictions of the ruleset, and the quiet ones among them. */
	struct landlock_ruleset_attr attr;
	/* Whether the rule for EXECTIME_PORT is quiet: there is one. */
	bool quiet_rule;
	/* Denied rights, and the number of logged denials. */
	__u32 others;
	int num;
	int num_logged;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(quiet, port_loud) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.attr.quiet_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.others = OTHER_CONNECT | OTHER_CONNECT_RULE,
	.num = 2,
	.num_logged = 2,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(quiet, port) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.attr.quiet_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.quiet_rule = true,
	.others = OTHER_CONNECT | OTHER_CONNECT_RULE,
	.num = 2,
	.num_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(quiet, signal_loud) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL,
	.others = OTHER_SIGNAL,
	.num = 1,
	.num_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(quiet, signal) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL,
	.attr.quiet_scoped = LANDLOCK_SCOPE_SIGNAL,
	.others = OTHER_SIGNAL,
	.num = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(quiet, abstract_unix_socket) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL |
		       LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	.attr.quiet_scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	.others = OTHER_SIGNAL | OTHER_SOCKET,
	.num = 2,
	.num_logged = 1,
};

FIXTURE_SETUP(quiet)
{
	struct sockaddr_un addr;
	const socklen_t len = exectime_socket_name(&addr, getpid());

	exectime_prepare_dir(_metadata);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	self->socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ASSERT_LE(0, self->socket_fd);
	ASSERT_EQ(0, bind(self->socket_fd, (struct sockaddr *)&addr, len));
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(quiet)
{
	EXPECT_EQ(0, close(self->socket_fd));
	if (self->available)
		enable_events(_metadata, false);
}

TEST_F(quiet, frozen)
{
	const struct landlock_net_port_attr rule = {
		.port = EXECTIME_PORT,
	};
	struct exec_report report = {};
	int num = 0, num_logged = 0;
	struct exec_run run;
	struct trace trace;

	if (exectime_fork(_metadata, &run)) {
		const int ruleset_fd =
			landlock_create_ruleset(&variant->attr,
						sizeof(variant->attr), 0);

		ASSERT_LE(0, ruleset_fd);
		if (variant->quiet_rule)
			ASSERT_EQ(0,
				  landlock_add_rule(ruleset_fd,
						    LANDLOCK_RULE_NET_PORT,
						    &rule,
						    LANDLOCK_ADD_RULE_QUIET));
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME));
		ASSERT_EQ(0, close(ruleset_fd));
		if (exectime_exec("o"))
			_exit(1);
	}

	EXPECT_EQ(1, exectime_wait(_metadata, &run, &report, 1));
	EXPECT_EQ(variant->others, report.others);

	read_balanced_events(_metadata, &trace);
	for (int i = 0; i < trace.num; i++) {
		if (trace.events[i].type != EVENT_DENY)
			continue;
		EXPECT_EQ(1, domain_rank(&trace, trace.events[i].domain));
		num++;
		num_logged += trace.events[i].logged;
	}
	EXPECT_EQ(variant->num, num);
	EXPECT_EQ(variant->num_logged, num_logged);
}

FIXTURE(audit)
{
	struct audit_filter filter;
	int fd;
};

FIXTURE_VARIANT(audit)
{
	/* Whether the task is muted before it stages. */
	bool muted;
	__u32 flags;
	bool quiet;
	/* Whether it is a child that executes. */
	bool inherited;
	bool logged;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, no_flag) {
	/* clang-format on */
	.logged = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, same_exec_off) {
	/* clang-format on */
	.flags = SAME_EXEC_OFF,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, same_exec_off_new_exec_on) {
	/* clang-format on */
	.flags = SAME_EXEC_OFF | NEW_EXEC_ON,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, subdomains_off) {
	/* clang-format on */
	.flags = SUBDOMAINS_OFF,
	.logged = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, muted) {
	/* clang-format on */
	.muted = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, quiet) {
	/* clang-format on */
	.quiet = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(audit, inherited) {
	/* clang-format on */
	.inherited = true,
	.logged = true,
};

FIXTURE_SETUP(audit)
{
	exectime_prepare_dir(_metadata);
	self->fd = audit_init_with_exe_filter(&self->filter);
	if (self->fd == -EPROTONOSUPPORT)
		SKIP(return, "The kernel is built without CONFIG_AUDIT");

	EXPECT_LE(0, self->fd)
	{
		const char *error_msg;

		/* kill "$(auditctl -s | sed -ne 's/^pid \([0-9]\+\)$/\1/p')" */
		if (self->fd == -EEXIST)
			error_msg = "socket already in use (e.g. auditd)";
		else
			error_msg = strerror(-self->fd);
		TH_LOG("Failed to initialize audit: %s", error_msg);
	}
}

FIXTURE_TEARDOWN(audit)
{
	if (self->fd != -EPROTONOSUPPORT)
		EXPECT_EQ(0, audit_cleanup(self->fd, &self->filter));
}

/*
 * The records are those of any domain: denials carry the ID of the domain, of
 * which the details are those of the task that staged it.
 */
TEST_F(audit, records)
{
	static const char access[] = REGEX_LANDLOCK_PREFIX
		" blockers=fs\\.read_dir path=\"/mnt\" .*$";
	static const char allocated[] = REGEX_LANDLOCK_PREFIX
		" status=allocated .* pid=%d uid=0 exe=\"[^\"]*_test\" comm=\"exectime_denial\"$";
	struct audit_records records = {};
	struct exec_report report = {};
	struct exec_run run;
	char details[sizeof(allocated) + 16];
	int sync[2], status;
	__u64 access_id = 1, allocated_id = 2, freed_id = 3;

	ASSERT_EQ(0, pipe2(sync, O_CLOEXEC));
	if (exectime_fork(_metadata, &run)) {
		const int ruleset_fd = quiet_ruleset(_metadata, DENY_A,
						     variant->quiet);
		pid_t child = 0;

		ASSERT_EQ(0, dup2(sync[0], STDIN_FILENO));
		if (variant->muted)
			mute(_metadata);
		ASSERT_EQ(0, landlock_restrict_self(ruleset_fd,
						    RESTRICT_EXECTIME |
							    variant->flags));
		ASSERT_EQ(0, close(ruleset_fd));
		if (variant->inherited)
			child = fork();
		if (child) {
			ASSERT_EQ(child, waitpid(child, &status, 0));
			_exit(status != 0);
		}
		if (exectime_exec("qw"))
			_exit(1);
	}
	ASSERT_EQ(sizeof(report), read(run.fd, &report, sizeof(report)));
	EXPECT_EQ(DENY_A, report.denied);

	if (variant->logged) {
		EXPECT_EQ(0, audit_match_record(self->fd, AUDIT_LANDLOCK_ACCESS,
						access, &access_id));
		snprintf(details, sizeof(details), allocated, run.child);
		EXPECT_EQ(0, audit_match_record(self->fd, AUDIT_LANDLOCK_DOMAIN,
						details, &allocated_id));
		EXPECT_EQ(access_id, allocated_id);
	}

	/* No denial, or not another one. */
	EXPECT_EQ(0, audit_count_records(self->fd, &records));
	EXPECT_EQ(0, records.access);
	EXPECT_EQ(0, records.domain);

	/* The domain is freed by a task without executable file. */
	EXPECT_EQ(0,
		  audit_filter_exe(self->fd, &self->filter, AUDIT_DEL_RULE));
	EXPECT_EQ(0, audit_filter_drop(self->fd, AUDIT_ADD_RULE));
	ASSERT_EQ(1, write(sync[1], ".", 1));
	EXPECT_EQ(0, exectime_wait_status(_metadata, &run, &report, 1,
					  &status));
	EXPECT_EQ(0, status);
	if (variant->logged) {
		EXPECT_EQ(0, matches_log_domain_deallocated(self->fd, 1,
							    allocated_id,
							    &freed_id));
		EXPECT_EQ(allocated_id, freed_id);
	} else {
		/* Nothing was said about it, so its end is of no interest. */
		usleep(500000);
		EXPECT_EQ(-EAGAIN, matches_log_domain_deallocated(self->fd, 1,
								  0,
								  &freed_id));
	}
}

TEST_HARNESS_MAIN
