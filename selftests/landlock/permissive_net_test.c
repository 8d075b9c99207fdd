// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Ports that permissive layers would deny
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "permissive_equal.h"
#include "permissive_mix.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* A port that no rule names. */
#define OTHER_PORT 4243

/* An address, as long as it needs to be, and the family that it says. */
static socklen_t make_address(struct sockaddr_storage *const addr,
			      const int domain, const int family,
			      const __u16 port, const bool any)
{
	struct sockaddr_in *const in = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *const in6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = family;
	if (domain == AF_INET) {
		in->sin_port = htons(port);
		in->sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
		return sizeof(*in);
	}
	in6->sin6_port = htons(port);
	in6->sin6_addr = any ? in6addr_any : in6addr_loopback;
	return sizeof(*in6);
}

enum action {
	BIND,
	CONNECT,
	SEND,
	SEND_FASTOPEN,
	/* Without an address. */
	CONNECT_SEND,
	/* With an address that is too short. */
	BIND_SHORT,
	CONNECT_SHORT,
	SEND_OOB_SHORT,
	/* With one that has no whole family. */
	SEND_OOB_SHORTEST,
};

static int act_with(const int fd, const enum action action,
		    const struct sockaddr *const addr, const socklen_t len)
{
	switch (action) {
	case BIND:
		return bind(fd, addr, len);
	case CONNECT:
		return connect(fd, addr, len);
	case SEND:
		return sendto(fd, ".", 1, 0, addr, len) < 0;
	case SEND_FASTOPEN:
		return sendto(fd, ".", 1, MSG_FASTOPEN, addr, len) < 0;
	case CONNECT_SEND:
		return connect(fd, addr, len) || send(fd, ".", 1, 0) < 0;
	case BIND_SHORT:
		return bind(fd, addr, 4);
	case CONNECT_SHORT:
		return connect(fd, addr, 4);
	case SEND_OOB_SHORT:
		return sendto(fd, ".", 1, MSG_OOB, addr, 4) < 0;
	case SEND_OOB_SHORTEST:
		return sendto(fd, ".", 1, MSG_OOB, addr, 1) < 0;
	}
	return -1;
}

/**
 * struct act - What is done with a new socket
 *
 * @domain: Of the socket.
 * @family: Of the address, which is as long as one of @domain.
 * @type: Of the socket.
 * @action: With this address.
 * @port: Of the address.
 * @protocol: Of the socket, 0 for TCP and UDP.
 */
struct act {
	int domain;
	int family;
	int type;
	enum action action;
	__u16 port;
	int protocol;
};

/* Nobody listens: a TCP connection that nothing denies is refused. */
static int act(struct attempt *const attempt)
{
	const struct act *const act = attempt->op->arg;
	const bool binds = act->action == BIND || act->action == BIND_SHORT;
	struct sockaddr_storage addr;
	const socklen_t len =
		make_address(&addr, act->domain, act->family, act->port, binds);
	const int fd =
		socket(act->domain, act->type | SOCK_CLOEXEC, act->protocol);
	int err;

	if (fd < 0)
		return -errno;
	err = act_with(fd, act->action, (struct sockaddr *)&addr, len);
	err = err ? -errno : 0;
	close(fd);
	return err;
}

/* TCP. */
static const struct act bind4 = { AF_INET, AF_INET, SOCK_STREAM, BIND,
				  CASE_PORT };
static const struct act bind6 = { AF_INET6, AF_INET6, SOCK_STREAM, BIND,
				  CASE_PORT };
static const struct act bind4_other = { AF_INET, AF_INET, SOCK_STREAM, BIND,
					OTHER_PORT };
static const struct act bind4_any = { AF_INET, AF_INET, SOCK_STREAM, BIND, 0 };
static const struct act bind4_unspec = { AF_INET, AF_UNSPEC, SOCK_STREAM, BIND,
					 CASE_PORT };
static const struct act bind6_unspec = { AF_INET6, AF_UNSPEC, SOCK_STREAM, BIND,
					 CASE_PORT };
static const struct act bind4_short = { AF_INET, AF_INET, SOCK_STREAM,
					BIND_SHORT, CASE_PORT };
static const struct act bind6_as_4 = { AF_INET6, AF_INET, SOCK_STREAM, BIND,
				       CASE_PORT };
static const struct act bind4_as_6 = { AF_INET, AF_INET6, SOCK_STREAM, BIND,
				       CASE_PORT };
static const struct act bind4_as_unix = { AF_INET, AF_UNIX, SOCK_STREAM, BIND,
					  CASE_PORT };
static const struct act connect4 = { AF_INET, AF_INET, SOCK_STREAM, CONNECT,
				     CASE_PORT };
static const struct act connect6 = { AF_INET6, AF_INET6, SOCK_STREAM, CONNECT,
				     CASE_PORT };
static const struct act connect4_other = { AF_INET, AF_INET, SOCK_STREAM,
					   CONNECT, OTHER_PORT };
static const struct act connect4_unspec = { AF_INET, AF_UNSPEC, SOCK_STREAM,
					    CONNECT, CASE_PORT };
static const struct act connect6_unspec = { AF_INET6, AF_UNSPEC, SOCK_STREAM,
					    CONNECT, CASE_PORT };
static const struct act connect4_short = { AF_INET, AF_INET, SOCK_STREAM,
					   CONNECT_SHORT, CASE_PORT };
static const struct act connect6_short = { AF_INET6, AF_INET6, SOCK_STREAM,
					   CONNECT_SHORT, CASE_PORT };
static const struct act connect6_as_4 = { AF_INET6, AF_INET, SOCK_STREAM,
					  CONNECT, CASE_PORT };
static const struct act connect4_as_6 = { AF_INET, AF_INET6, SOCK_STREAM,
					  CONNECT, CASE_PORT };
static const struct act fastopen4 = { AF_INET, AF_INET, SOCK_STREAM,
				      SEND_FASTOPEN, CASE_PORT };
static const struct act fastopen6 = { AF_INET6, AF_INET6, SOCK_STREAM,
				      SEND_FASTOPEN, CASE_PORT };

/* UDP. */
static const struct act udp_bind4 = { AF_INET, AF_INET, SOCK_DGRAM, BIND,
				      CASE_PORT };
static const struct act udp_bind6 = { AF_INET6, AF_INET6, SOCK_DGRAM, BIND,
				      CASE_PORT };
static const struct act udp_bind4_any = { AF_INET, AF_INET, SOCK_DGRAM, BIND,
					  0 };
static const struct act udp_bind4_unspec = { AF_INET, AF_UNSPEC, SOCK_DGRAM,
					     BIND, CASE_PORT };
static const struct act udp_bind6_unspec = { AF_INET6, AF_UNSPEC, SOCK_DGRAM,
					     BIND, CASE_PORT };
static const struct act udp_bind4_short = { AF_INET, AF_INET, SOCK_DGRAM,
					    BIND_SHORT, CASE_PORT };
static const struct act udp_connect4 = { AF_INET, AF_INET, SOCK_DGRAM, CONNECT,
					 CASE_PORT };
static const struct act udp_connect6 = { AF_INET6, AF_INET6, SOCK_DGRAM,
					 CONNECT, CASE_PORT };
static const struct act udp_connect4_unspec = { AF_INET, AF_UNSPEC, SOCK_DGRAM,
						CONNECT, CASE_PORT };
static const struct act udp_connect6_as_4 = { AF_INET6, AF_INET, SOCK_DGRAM,
					      CONNECT, CASE_PORT };
static const struct act udp_connect4_short = { AF_INET, AF_INET, SOCK_DGRAM,
					       CONNECT_SHORT, CASE_PORT };
static const struct act udp_connect_send4 = { AF_INET, AF_INET, SOCK_DGRAM,
					      CONNECT_SEND, CASE_PORT };
static const struct act udp_send4 = { AF_INET, AF_INET, SOCK_DGRAM, SEND,
				      CASE_PORT };
static const struct act udp_send6 = { AF_INET6, AF_INET6, SOCK_DGRAM, SEND,
				      CASE_PORT };
static const struct act udp_send4_other = { AF_INET, AF_INET, SOCK_DGRAM, SEND,
					    OTHER_PORT };
static const struct act udp_send4_unspec = { AF_INET, AF_UNSPEC, SOCK_DGRAM,
					     SEND, CASE_PORT };
static const struct act udp_send6_unspec = { AF_INET6, AF_UNSPEC, SOCK_DGRAM,
					     SEND, CASE_PORT };

static const struct act udp_oob_short = { AF_INET, AF_INET, SOCK_DGRAM,
					  SEND_OOB_SHORT, CASE_PORT };
static const struct act udp_oob_shortest = { AF_INET, AF_INET, SOCK_DGRAM,
					     SEND_OOB_SHORTEST, CASE_PORT };

static const struct act mptcp_bind = {
	AF_INET, AF_INET, SOCK_STREAM, BIND, CASE_PORT, IPPROTO_MPTCP,
};

/* Sockets from before there were layers. */
static int tcp_connected_before(struct attempt *const attempt)
{
	const struct act *const act = attempt->op->arg;
	struct sockaddr_storage addr;
	const socklen_t len = make_address(&addr, act->domain, act->family,
					   OTHER_PORT, false);

	attempt->fd = socket(act->domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
	attempt->other_fd = socket(act->domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (attempt->fd < 0 || attempt->other_fd < 0 ||
	    bind(attempt->other_fd, (struct sockaddr *)&addr, len) ||
	    listen(attempt->other_fd, 1) ||
	    connect(attempt->fd, (struct sockaddr *)&addr, len))
		return -errno;
	return 0;
}

static int act_again(struct attempt *const attempt)
{
	const struct act *const act = attempt->op->arg;
	struct sockaddr_storage addr;
	const socklen_t len = make_address(&addr, act->domain, act->family,
					   act->port, false);

	return act_with(attempt->fd, act->action, (struct sockaddr *)&addr,
			len) ?
		       -errno :
		       0;
}

static int udp_bound_before(struct attempt *const attempt)
{
	struct sockaddr_storage addr;
	const socklen_t len =
		make_address(&addr, AF_INET, AF_INET, OTHER_PORT, true);

	attempt->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (attempt->fd < 0 || bind(attempt->fd, (struct sockaddr *)&addr, len))
		return -errno;
	return 0;
}

static int udp_send_bound(struct attempt *const attempt)
{
	struct sockaddr_storage addr;
	const socklen_t len =
		make_address(&addr, AF_INET, AF_INET, CASE_PORT, false);

	return act_with(attempt->fd, SEND, (struct sockaddr *)&addr, len) ?
		       -errno :
		       0;
}

static int udp_send_nowhere(struct attempt *const attempt)
{
	return send(attempt->fd, ".", 1, 0) < 0 ? -errno : 0;
}

static int udp_connected_before(struct attempt *const attempt)
{
	struct sockaddr_storage addr;
	const socklen_t len =
		make_address(&addr, AF_INET, AF_INET, CASE_PORT, false);
	int err;

	err = udp_bound_before(attempt);
	if (err)
		return err;
	if (connect(attempt->fd, (struct sockaddr *)&addr, len))
		return -errno;
	return 0;
}

#define OP(_act, _net, ...)                                               \
	{                                                                 \
		.name = #_act, .run = act, .arg = &(_act), .net = (_net), \
		.blockers = { __VA_ARGS__ },                              \
	}

#define NEVER(_act, _net)                                                 \
	{                                                                 \
		.name = #_act, .run = act, .arg = &(_act), .net = (_net), \
		.never = true,                                            \
	}

#define BIND_TCP "net.bind_tcp"
#define CONNECT_TCP "net.connect_tcp"
#define BIND_UDP "net.bind_udp"
#define CONNECT_SEND_UDP "net.connect_send_udp"

static const struct operation tcp[] = {
	OP(bind4, NET(BIND_TCP), BIND_TCP),
	OP(bind6, NET(BIND_TCP), BIND_TCP),
	OP(bind4_any, NET(BIND_TCP), BIND_TCP),
	OP(bind4_unspec, NET(BIND_TCP), BIND_TCP),
	OP(connect4, NET(CONNECT_TCP), CONNECT_TCP),
	OP(connect6, NET(CONNECT_TCP), CONNECT_TCP),
	OP(fastopen4, NET(CONNECT_TCP), CONNECT_TCP),
	NEVER(connect4, NET(BIND_TCP)),
	NEVER(bind4, NET(CONNECT_TCP)),
	NEVER(connect4_unspec, NET(CONNECT_TCP)),
	NEVER(connect6_unspec, NET(CONNECT_TCP)),
	NEVER(mptcp_bind, NET(BIND_TCP)),
	{
		/* Too short for its family, which the stack looks at first. */
		.name = "connect to an address of another family",
		.run = act,
		.arg = &connect4_as_6,
		.net = NET(CONNECT_TCP),
		.no_rule = true,
		.silent = true,
		.error = EINVAL,
	},
};

static const struct operation udp[] = {
	OP(udp_bind4, NET(BIND_UDP), BIND_UDP),
	OP(udp_bind6, NET(BIND_UDP), BIND_UDP),
	OP(udp_bind4_any, NET(BIND_UDP), BIND_UDP),
	OP(udp_bind4_unspec, NET(BIND_UDP), BIND_UDP),
	OP(udp_connect4, NET(CONNECT_SEND_UDP), CONNECT_SEND_UDP),
	OP(udp_connect6, NET(CONNECT_SEND_UDP), CONNECT_SEND_UDP),
	/* The socket gets a port by itself. */
	OP(udp_connect4, NET(BIND_UDP), BIND_UDP),
	OP(udp_connect4, NET(CONNECT_SEND_UDP) | NET(BIND_UDP),
	   CONNECT_SEND_UDP, BIND_UDP),
	OP(udp_send4, NET(CONNECT_SEND_UDP), CONNECT_SEND_UDP),
	OP(udp_send6, NET(CONNECT_SEND_UDP), CONNECT_SEND_UDP),
	OP(udp_send4, NET(BIND_UDP), BIND_UDP),
	OP(udp_send4, NET(CONNECT_SEND_UDP) | NET(BIND_UDP), CONNECT_SEND_UDP,
	   BIND_UDP),
	OP(udp_send4_unspec, NET(CONNECT_SEND_UDP), CONNECT_SEND_UDP),
	NEVER(udp_connect4_unspec, NET(CONNECT_SEND_UDP) | NET(BIND_UDP)),
	{
		.name = "send from a bound socket",
		.prepare = udp_bound_before,
		.run = udp_send_bound,
		.net = NET(CONNECT_SEND_UDP) | NET(BIND_UDP),
		.blockers = { CONNECT_SEND_UDP },
	},
	{
		.name = "send from a connected socket",
		.prepare = udp_connected_before,
		.run = udp_send_nowhere,
		.net = NET(CONNECT_SEND_UDP) | NET(BIND_UDP),
		.never = true,
	},
};

#define EQUAL(_act)                                        \
	{                                                  \
		.name = #_act, .run = act, .arg = &(_act), \
	}

/* The stack has another error, which it finds first. */
#define EQUAL_REFUSED(_act, _prepare, _run)                        \
	{                                                          \
		.name = #_act, .prepare = (_prepare),              \
		.run = (_run), .arg = &(_act), .refused = true,    \
		.several = true,                                   \
	}

#define EQUAL_SEVERAL(_act)                                                 \
	{                                                                   \
		.name = #_act, .run = act, .arg = &(_act), .several = true, \
	}

/*
 * Errors of addresses are those of the network stack, whatever a layer that
 * enforces something says before.
 */
static const struct operation all[] = {
	EQUAL(bind4),
	EQUAL(bind6),
	EQUAL(bind4_other),
	EQUAL(bind4_any),
	EQUAL(bind4_unspec),
	EQUAL(bind6_unspec),
	EQUAL(bind4_short),
	EQUAL(bind6_as_4),
	EQUAL(bind4_as_6),
	EQUAL(bind4_as_unix),
	EQUAL(connect4),
	EQUAL(connect6),
	EQUAL(connect4_other),
	EQUAL(connect4_unspec),
	EQUAL(connect6_unspec),
	EQUAL(connect4_short),
	EQUAL_REFUSED(connect4_short, tcp_connected_before, act_again),
	EQUAL_REFUSED(connect6_short, tcp_connected_before, act_again),
	EQUAL(connect6_as_4),
	EQUAL(connect4_as_6),
	EQUAL(fastopen4),
	EQUAL(fastopen6),
	EQUAL(udp_bind4),
	EQUAL(udp_bind6),
	EQUAL(udp_bind4_any),
	EQUAL(udp_bind4_unspec),
	EQUAL(udp_bind6_unspec),
	EQUAL(udp_bind4_short),
	EQUAL_SEVERAL(udp_connect4),
	EQUAL_SEVERAL(udp_connect6),
	EQUAL(udp_connect4_unspec),
	EQUAL_SEVERAL(udp_connect6_as_4),
	EQUAL_SEVERAL(udp_connect4_short),
	EQUAL_SEVERAL(udp_connect_send4),
	EQUAL_SEVERAL(udp_send4),
	EQUAL_SEVERAL(udp_send6),
	EQUAL_SEVERAL(udp_send4_other),
	EQUAL_SEVERAL(udp_send4_unspec),
	EQUAL_SEVERAL(udp_send6_unspec),
	EQUAL_REFUSED(udp_oob_short, NULL, act),
	EQUAL_REFUSED(udp_oob_shortest, NULL, act),
	EQUAL(mptcp_bind),
};

#define NET_ALL                                             \
	(NET(BIND_TCP) | NET(CONNECT_TCP) | NET(BIND_UDP) | \
	 NET(CONNECT_SEND_UDP))

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_nowhere) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET_ALL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_on_port) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET_ALL,
	.rules.ports = { { CASE_PORT, NET_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, all_on_any_port) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET_ALL,
	.rules.ports = { { 0, NET_ALL }, { OTHER_PORT, NET_ALL } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, some_on_port) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET_ALL,
	.rules.ports = { { CASE_PORT, NET(BIND_TCP) | NET(CONNECT_SEND_UDP) } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, bind) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET(BIND_TCP) | NET(BIND_UDP),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, connect) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET(CONNECT_TCP) |
					 NET(CONNECT_SEND_UDP),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, tcp_on_ports) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET(BIND_TCP) | NET(CONNECT_TCP),
	.rules.ports = { { CASE_PORT, NET_ALL },
			 { OTHER_PORT, NET(BIND_TCP) } },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, udp_on_ports) {
	/* clang-format on */
	.rules.attr.handled_access_net = NET(BIND_UDP) | NET(CONNECT_SEND_UDP),
	.rules.ports = {
		{ CASE_PORT, NET(CONNECT_SEND_UDP) },
		{ 0, NET(BIND_UDP) },
	},
};

/* clang-format off */
FIXTURE_VARIANT_ADD(equal, files) {
	/* clang-format on */
	.rules.attr.handled_access_fs = ACCESS_ALL,
};

TEST_F(mix, tcp)
{
	try_mixes(_metadata, &self->observer, tcp, ARRAY_SIZE(tcp),
		  variant->layers);
}

TEST_F(mix, udp)
{
	try_mixes(_metadata, &self->observer, udp, ARRAY_SIZE(udp),
		  variant->layers);
}

TEST_F(equal, network)
{
	try_all_equal(_metadata, &self->observer, all, ARRAY_SIZE(all),
		      &variant->rules);
}

/* A layer that handles connections enforces its own error, and says nothing. */
TEST_F(equal, family)
{
	static const struct operation op = EQUAL(connect6_as_4);
	const struct layer_rules *const rules = &variant->rules;
	struct outcome outcome;

	if (!(rules->attr.handled_access_net & NET(CONNECT_TCP)))
		return;

	run_alone(_metadata, &self->observer, &op, rules, 0, &outcome);
	EXPECT_EQ(-EINVAL, outcome.result);
	EXPECT_EQ(0, outcome.reports.num);
}

TEST_HARNESS_MAIN
