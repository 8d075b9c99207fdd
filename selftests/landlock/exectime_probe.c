// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Restrictions that a task finds for itself
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exectime_probe.h"
#include "kselftest.h"
#include "wrappers.h"

/* As in security/landlock/limits.h . */
#define MAX_NUM_LAYERS 16

int exectime_ruleset(const __u64 handled_access_fs)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = handled_access_fs,
	};

	return landlock_create_ruleset(&attr, sizeof(attr), 0);
}

/*
 * Creates a ruleset that denies @handled_access_fs, passes it to
 * landlock_restrict_self(2), and closes it.  Returns 0 or -errno.
 */
int exectime_restrict(const __u64 handled_access_fs, const __u32 flags)
{
	const int ruleset_fd = exectime_ruleset(handled_access_fs);
	int err = 0;

	if (ruleset_fd < 0)
		return -errno;

	if (landlock_restrict_self(ruleset_fd, flags))
		err = -errno;
	close(ruleset_fd);
	return err;
}

static __u64 exectime_probe_one(const int failed, const __u64 right)
{
	if (!failed)
		return 0;

	return errno == EACCES ? right : DENY_BROKEN;
}

/*
 * Tries the rights of all rulesets in the current directory.  Removing the file
 * of a probe is never denied.
 */
__u64 exectime_probe(void)
{
	char name[32];
	__u64 denied = 0;
	int fd;

	snprintf(name, sizeof(name), "probe-%d", (int)syscall(__NR_gettid));

	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	denied |= exectime_probe_one(fd < 0, DENY_A);
	if (fd >= 0)
		close(fd);

	denied |= exectime_probe_one(mkdir(name, 0700), DENY_B);
	rmdir(name);
	denied |= exectime_probe_one(mkfifo(name, 0600), DENY_C);
	unlink(name);
	denied |= exectime_probe_one(symlink("none", name), DENY_D);
	unlink(name);
	denied |= exectime_probe_one(mknod(name, S_IFSOCK | 0600, 0), DENY_E);
	unlink(name);
	return denied;
}

/* Tries one socket, which must fail with @error if nothing denies it. */
static __u32 exectime_probe_port(const bool connects, const in_port_t port,
				 const int error, const __u32 other)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(connects ? INADDR_LOOPBACK :
						    INADDR_ANY),
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return OTHER_BROKEN;

	if (connects)
		ret = connect(fd, (const struct sockaddr *)&addr, sizeof(addr));
	else
		ret = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	ret = ret ? errno : 0;
	close(fd);
	if (ret == error)
		return 0;

	return ret == EACCES ? other : OTHER_BROKEN;
}

/* The abstract socket of @pid, which has to be there. */
socklen_t exectime_socket_name(struct sockaddr_un *const addr, const pid_t pid)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	       snprintf(addr->sun_path + 1, sizeof(addr->sun_path) - 1,
			"exectime-%d", (int)pid);
}

static __u32 exectime_probe_scope(const pid_t pid)
{
	struct sockaddr_un addr;
	const socklen_t len = exectime_socket_name(&addr, pid);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	__u32 others = 0;

	if (fd < 0)
		return OTHER_BROKEN;

	if (connect(fd, (const struct sockaddr *)&addr, len))
		others |= errno == EPERM ? OTHER_SOCKET : OTHER_BROKEN;
	close(fd);
	if (kill(pid, 0))
		others |= errno == EPERM ? OTHER_SIGNAL : OTHER_BROKEN;
	return others;
}

/*
 * Tries OTHER_BIND to OTHER_SOCKET, from a network namespace in which no
 * interface is up.  The other end of the scopes is the parent.
 */
__u32 exectime_probe_others(void)
{
	return exectime_probe_port(false, EXECTIME_PORT, 0, OTHER_BIND) |
	       exectime_probe_port(false, EXECTIME_PORT_RULE, 0,
				   OTHER_BIND_RULE) |
	       exectime_probe_port(true, EXECTIME_PORT, ENETUNREACH,
				   OTHER_CONNECT) |
	       exectime_probe_port(true, EXECTIME_PORT_RULE, ENETUNREACH,
				   OTHER_CONNECT_RULE) |
	       exectime_probe_scope(getppid());
}

/* Runs @func in a child and returns its result, between 0 and 255, or -1. */
int exectime_in_child(int (*const func)(void))
{
	int status;
	pid_t child;

	child = fork();
	if (child < 0)
		return -1;

	if (child == 0)
		_exit(func());

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;

	return WEXITSTATUS(status);
}

/* Counts the layers in use by filling up the remaining ones. */
static int exectime_fill_layers(void)
{
	int room = 0, err;

	while (!(err = exectime_restrict(DENY_NOTHING, RESTRICT_NNP)))
		room++;

	return err == -E2BIG ? MAX_NUM_LAYERS - room : 255;
}

int exectime_install_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {
		.len = ARRAY_SIZE(filter),
		.filter = filter,
	};

	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		return errno;

	return 0;
}

static int exectime_status_nnp(void)
{
	char line[256];
	int nnp = -1;
	FILE *status;

	status = fopen("/proc/thread-self/status", "re");
	if (!status)
		return -1;

	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "NoNewPrivs: %d", &nnp) == 1)
			break;
	fclose(status);
	return nnp;
}

/*
 * Fills the part of a report that needs no child, and so leaves no trace but
 * the denials themselves.
 */
void exectime_look_quickly(struct exec_report *const report)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = {};

	memset(report, 0, sizeof(*report));
	syscall(__NR_capget, &head, caps);
	report->caps = caps[0].permitted | ((__u64)caps[1].permitted << 32);
	report->denied = exectime_probe();
	report->nnp = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	report->status_nnp = exectime_status_nnp();
	report->layers = -1;
	report->seccomp = -1;
	report->uid = getuid();
	report->euid = geteuid();
	report->egid = getegid();
	report->secure = getauxval(AT_SECURE);
	report->pid = getpid();
}

void exectime_look(struct exec_report *const report)
{
	exectime_look_quickly(report);
	report->layers = exectime_in_child(exectime_fill_layers);
	report->seccomp = exectime_in_child(exectime_install_filter);
}
