// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Which programs are there to execute another one
 *
 * usage: wrapper
 *
 * Prints a line for each case: yes or no, and its name.
 */

#include <stdio.h>
#include <string.h>

#include "observed.h"
#include "util.h"
#include "wrapper.h"

#define MANY 8

/* What was executed: the path, the arguments, whether it is a script. */
struct execution {
	const char *path;
	const char *arguments[MANY];
	bool script;
};

static const struct {
	const char *name;
	struct execution program;
	struct execution other;
	bool same_process;
	bool means;
} tests[] = {
	{ "env", { "/usr/bin/env", { "env", "A=b", "ls", "-l" } },
	  { "/usr/bin/ls", { "ls", "-l" } }, true, true },
	{ "what it becomes, whatever that is",
	  { "/usr/bin/perl", { "perl", "-e", "exec 'x'" } },
	  { "/usr/bin/x", { "x" } }, true, true },
	{ "what it starts", { "/usr/bin/make", { "make", "all" } },
	  { "/usr/bin/gcc", { "gcc", "-c", "all.c" } }, false, false },
	{ "timeout", { "/usr/bin/timeout", { "timeout", "5", "/bin/ls", "-l" } },
	  { "/usr/bin/ls", { "/bin/ls", "-l" } }, false, true },
	{ "without arguments", { "/usr/bin/timeout", { "timeout", "5", "ls" } },
	  { "/usr/bin/ls", { "ls" } }, false, true },
	{ "another name of the same file",
	  { "/usr/bin/timeout", { "timeout", "5", "sh" } },
	  { "/usr/bin/dash", { "/usr/bin/sh" } }, false, true },
	{ "sudo", { "/usr/bin/sudo", { "sudo", "-u", "a", "--", "id", "-u" } },
	  { "/usr/bin/id", { "id", "-u" } }, false, true },
	{ "start-stop-daemon",
	  { "/sbin/start-stop-daemon", { "start-stop-daemon", "-x",
					 "/usr/sbin/d", "--", "-f" } },
	  { "/usr/sbin/d", { "/usr/sbin/d", "-f" } }, false, true },
	{ "a script for wrapping", { "/usr/bin/wrap",
	  { "/bin/sh", "/usr/bin/wrap", "ls", "a" }, true },
	  { "/usr/bin/ls", { "ls", "a" } }, true, true },
	{ "a script that ends in another program",
	  { "/usr/bin/job", { "/bin/sh", "/usr/bin/job", "ls" }, true },
	  { "/usr/bin/cat", { "cat", "ls" } }, true, false },
	{ "a script that env executes",
	  { "/usr/bin/job", { "/usr/bin/env", "/usr/bin/job", "a" }, true },
	  { "/usr/bin/python3", { "python3", "/usr/bin/job", "a" } }, true,
	  false },
	{ "a script as what is meant",
	  { "/usr/bin/nice", { "nice", "job", "a" } },
	  { "/usr/bin/job", { "/bin/sh", "-e", "/usr/bin/job", "a" }, true },
	  false, true },
	{ "some of the arguments are not enough",
	  { "/usr/bin/timeout", { "timeout", "5", "ls", "-l", "a" } },
	  { "/usr/bin/ls", { "ls", "-l" } }, false, false },
	{ "git and its helpers", { "/usr/bin/git", { "git", "gc", "--auto" } },
	  { "/usr/lib/git-core/git", { "git", "gc", "--auto" } }, false, false },
	{ "another program with the same arguments",
	  { "/usr/bin/dpkg", { "dpkg", "-i", "/a.deb" } },
	  { "/usr/bin/dpkg-deb", { "dpkg-deb", "/a.deb" } }, false, false },
	{ "a shell with nothing else to do",
	  { "/usr/bin/dash", { "sh", "-c", "ls  '-l' \"a b\"" } },
	  { "/usr/bin/ls", { "ls", "-l", "a b" } }, false, true },
	{ "a shell with something else to do",
	  { "/usr/bin/dash", { "sh", "-c", "ls -l; id" } },
	  { "/usr/bin/ls", { "ls", "-l" } }, false, false },
	{ "su", { "/usr/bin/su", { "su", "-c", "ls -l", "a" } },
	  { "/usr/bin/bash", { "-bash", "-c", "ls -l" } }, false, true },
	{ "a shell for something of its own",
	  { "/usr/bin/make", { "make", "ls" } },
	  { "/usr/bin/dash", { "sh", "-c", "ls -l" } }, false, false },
	{ "the same program again", { "/usr/bin/busybox", { "env", "ls" } },
	  { "/usr/bin/busybox", { "ls" } }, true, false },
	{ "no arguments at all", { "/usr/bin/a", { NULL } },
	  { "/usr/bin/b", { NULL } }, false, false },
};

static struct observed_program make(const struct execution *from, __u32 pid)
{
	struct observed_program program = {
		.path = (char *)from->path,
		.arguments = json_array(),
		.script = from->script,
		.pid = pid,
	};
	size_t i;

	for (i = 0; i < MANY && from->arguments[i]; i++)
		json_array_append_new(program.arguments,
				      json_string(from->arguments[i]));
	wrapper_cut(&program);
	return program;
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		struct observed_program program = make(&tests[i].program, 1);
		struct observed_program other =
			make(&tests[i].other, tests[i].same_process ? 1 : 2);
		const bool means = wrapper_means(&program, &other);

		printf("%s %s\n", means == tests[i].means ? "yes" : "no",
		       tests[i].name);
		json_decref(program.arguments);
		json_decref(other.arguments);
	}
	return 0;
}
