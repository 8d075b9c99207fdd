// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: sockets KIND...
 *        sockets fallback PORT
 *        sockets serve|reach NAME
 *
 * Create a socket of each kind, and print the kinds with "created" or the error.
 *
 * fallback: connect to a port of this machine as programs in Go do: by Multipath
 * TCP, and by TCP if the kernel does not support the other.  Print the protocol,
 * and "connected" or the error.
 *
 * serve: wait for connections to an abstract socket.  reach: connect to it.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Older headers lack some of them. */
#define MPTCP 262
#define SMC 256
#define FAMILY_SMC 43

static const struct kind {
	const char *name;
	int family;
	int type;
	int protocol;
} kinds[] = {
	{ "tcp", AF_INET, SOCK_STREAM, 0 },
	{ "tcp6", AF_INET6, SOCK_STREAM, IPPROTO_TCP },
	{ "udp", AF_INET, SOCK_DGRAM, 0 },
	{ "unix", AF_UNIX, SOCK_SEQPACKET, 0 },
	{ "mptcp", AF_INET, SOCK_STREAM | SOCK_CLOEXEC, MPTCP },
	{ "mptcp6", AF_INET6, SOCK_STREAM, MPTCP },
	{ "sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP },
	{ "sctp-packets", AF_INET, SOCK_SEQPACKET, 0 },
	{ "smc", FAMILY_SMC, SOCK_STREAM, 0 },
	{ "smc-inet", AF_INET, SOCK_STREAM, SMC },
};

static void create(const char *name)
{
	size_t i;
	int fd;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, name))
			continue;
		fd = socket(kinds[i].family, kinds[i].type, kinds[i].protocol);
		printf("%s: %s\n", name, fd < 0 ? strerror(errno) : "created");
		if (fd >= 0)
			close(fd);
		return;
	}
	printf("%s: unknown\n", name);
}

static int connect_as_go_does(int port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const char *protocol = "Multipath TCP";
	int fd, err;

	fd = socket(AF_INET, SOCK_STREAM, MPTCP);
	if (fd < 0 && errno == EPROTONOSUPPORT) {
		protocol = "TCP";
		fd = socket(AF_INET, SOCK_STREAM, 0);
	}
	err = fd < 0 ||
	      connect(fd, (const struct sockaddr *)&address, sizeof(address));
	printf("%s: %s\n", protocol, err ? strerror(errno) : "connected");
	return err;
}

static int abstract(const char *name, bool serve)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct sockaddr *const any = (const struct sockaddr *)&address;
	const size_t length = strnlen(name, sizeof(address.sun_path) - 1);
	const socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 +
			       length;
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path + 1, name, length);
	if (!serve)
		return !!connect(fd, any, size);
	if (!bind(fd, any, size) && !listen(fd, 1))
		pause();
	return 1;
}

int main(int argc, char *argv[])
{
	int i;

	if (argc == 3 && strcmp(argv[1], "fallback") == 0)
		return connect_as_go_does(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return abstract(argv[2], true);
	if (argc == 3 && strcmp(argv[1], "reach") == 0)
		return abstract(argv[2], false);
	for (i = 1; i < argc; i++)
		create(argv[i]);
	return 0;
}
