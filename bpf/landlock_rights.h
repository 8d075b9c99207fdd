/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Landlock's access rights, whatever the age of the installed
 * headers
 *
 * The numbers are part of the kernel's stable interface.
 */

#ifndef EXECLOCK_LANDLOCK_RIGHTS_H
#define EXECLOCK_LANDLOCK_RIGHTS_H

#include <linux/landlock.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER			0x2000ULL
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE			0x4000ULL
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV			0x8000ULL
#endif
#ifndef LANDLOCK_ACCESS_FS_RESOLVE_UNIX
#define LANDLOCK_ACCESS_FS_RESOLVE_UNIX			0x10000ULL
#endif

#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP			0x1ULL
#define LANDLOCK_ACCESS_NET_CONNECT_TCP			0x2ULL
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_UDP
#define LANDLOCK_ACCESS_NET_BIND_UDP			0x4ULL
#define LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP		0x8ULL
#endif

#endif /* EXECLOCK_LANDLOCK_RIGHTS_H */
