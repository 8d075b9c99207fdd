// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Tell the service manager that a service is ready
 */

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

void notify_ready(void)
{
	static const char text[] = "READY=1";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *const name = getenv("NOTIFY_SOCKET");
	const size_t size = name ? strlen(name) : 0;
	int fd;

	if (!size || size >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, name, size);
	/* An abstract one is written like this. */
	if (*name == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address,
	       offsetof(struct sockaddr_un, sun_path) + size);
	close(fd);
}
