// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Names of Landlock's rights
 *
 * The names and groups are those of Landlock Config.  Rights that are newer
 * than it have the kernel's name, in lower case and without the prefix.
 */

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "landlock_abi.h"
#include "rights.h"

/* Groups that a right is in; all are in abi.all. */
#define READ_EXECUTE	0x1
#define READ_WRITE	0x2

struct right {
	const char *name;
	__u64 right;
	int abi;
	unsigned int groups;
};

#define FS(NAME)	LANDLOCK_ACCESS_FS_##NAME
#define NET(NAME)	LANDLOCK_ACCESS_NET_##NAME

static const struct right fs_rights[] = {
	{ "execute", FS(EXECUTE), 1, READ_EXECUTE },
	{ "write_file", FS(WRITE_FILE), 1, READ_WRITE },
	{ "read_file", FS(READ_FILE), 1, READ_EXECUTE | READ_WRITE },
	{ "read_dir", FS(READ_DIR), 1, READ_EXECUTE | READ_WRITE },
	{ "remove_dir", FS(REMOVE_DIR), 1, READ_WRITE },
	{ "remove_file", FS(REMOVE_FILE), 1, READ_WRITE },
	{ "make_char", FS(MAKE_CHAR), 1, 0 },
	{ "make_dir", FS(MAKE_DIR), 1, READ_WRITE },
	{ "make_reg", FS(MAKE_REG), 1, READ_WRITE },
	{ "make_sock", FS(MAKE_SOCK), 1, READ_WRITE },
	{ "make_fifo", FS(MAKE_FIFO), 1, READ_WRITE },
	{ "make_block", FS(MAKE_BLOCK), 1, 0 },
	{ "make_sym", FS(MAKE_SYM), 1, READ_WRITE },
	{ "refer", FS(REFER), 2, READ_EXECUTE | READ_WRITE },
	{ "truncate", FS(TRUNCATE), 3, READ_WRITE },
	{ "ioctl_dev", FS(IOCTL_DEV), 5, 0 },
	/* To talk to a server is more than to read and write files. */
	{ "resolve_unix", FS(RESOLVE_UNIX), 9, 0 },
	{}
};

static const struct right net_rights[] = {
	{ "bind_tcp", NET(BIND_TCP), 4, 0 },
	{ "connect_tcp", NET(CONNECT_TCP), 4, 0 },
	{ "bind_udp", NET(BIND_UDP), 10, 0 },
	{ "connect_send_udp", NET(CONNECT_SEND_UDP), 10, 0 },
	{}
};

static const struct right scopes[] = {
	{ "abstract_unix_socket", LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, 6, 0 },
	{ "signal", LANDLOCK_SCOPE_SIGNAL, 6, 0 },
	{}
};

static const struct right *const kinds[RIGHTS_KINDS] = {
	[RIGHTS_FS] = fs_rights,
	[RIGHTS_NET] = net_rights,
	[RIGHTS_SCOPE] = scopes,
};

static __u64 group(enum rights_kind kind, unsigned int groups, int abi)
{
	const struct right *right;
	__u64 rights = 0;

	for (right = kinds[kind]; right->name; right++)
		if (right->abi <= abi && (!groups || (right->groups & groups)))
			rights |= right->right;
	return rights;
}

__u64 rights_by_name(enum rights_kind kind, const char *name, int abi)
{
	const struct right *right;

	if (strcmp(name, "abi.all") == 0)
		return group(kind, 0, abi);
	if (strcmp(name, "abi.read_execute") == 0)
		return group(kind, READ_EXECUTE, abi);
	if (strcmp(name, "abi.read_write") == 0)
		return group(kind, READ_WRITE, abi);
	for (right = kinds[kind]; right->name; right++)
		if (strcmp(right->name, name) == 0)
			return right->right;
	return 0;
}

__u64 rights_of_abi(enum rights_kind kind, int abi)
{
	return group(kind, 0, abi);
}

const char *rights_name(enum rights_kind kind, __u64 right)
{
	const struct right *entry;

	for (entry = kinds[kind]; entry->name; entry++)
		if (entry->right & right)
			return entry->name;
	return "unknown";
}

json_t *rights_list(enum rights_kind kind, __u64 rights)
{
	json_t *const list = json_array();

	for (; rights; rights &= rights - 1)
		json_array_append_new(list,
				      json_string(rights_name(kind, rights &
							      -rights)));
	return list;
}
