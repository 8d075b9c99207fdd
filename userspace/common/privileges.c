// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Give up the privileges that a command does not need
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "message.h"
#include "privileges.h"
#include "util.h"

/* The capabilities of the process before it gave up any. */
static __u64 former;

static int set_capabilities(__u64 capabilities)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	size_t i;

	if (syscall(__NR_capget, &header, data))
		return -1;
	for (i = 0; i < ARRAY_SIZE(data); i++) {
		former |= (__u64)data[i].effective << 32 * i;
		data[i].permitted &= capabilities >> 32 * i;
		data[i].effective &= data[i].permitted;
		/* This takes the ambient ones as well. */
		data[i].inheritable = 0;
	}
	return syscall(__NR_capset, &header, data);
}

int privileges_keep(__u64 capabilities)
{
	if (capabilities == PRIVILEGES_ALL)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    set_capabilities(capabilities))
		return p_err("cannot give up privileges: %s", strerror(errno));
	return 0;
}

bool privileges_had(__u64 capabilities)
{
	return (former & capabilities) == capabilities;
}
