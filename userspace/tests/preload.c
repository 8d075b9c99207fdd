// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Configure a network in the place of a program that loads this
 *
 * A library for LD_PRELOAD.  The program ends with status 0 if its process
 * could configure the network of a namespace that it created.
 */

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((constructor)) static void configure(void)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		perror("unshare");
		_exit(1);
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up)) {
		perror("SIOCSIFFLAGS");
		_exit(1);
	}
	_exit(0);
}
