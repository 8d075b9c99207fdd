// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy that all approaches enforce, in sizes from 1 rule up
 *
 * Everything may be read and executed, nothing may be written: one rule, for
 * the root.  Each further rule says so again for a directory of its own or, on
 * request, for a name in the directory of the file that is opened.
 */

#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "policy.h"
#include "target.h"

#define READ_EXECUTE (LANDLOCK_ACCESS_FS_EXECUTE | \
		      LANDLOCK_ACCESS_FS_READ_FILE | \
		      LANDLOCK_ACCESS_FS_READ_DIR)
/* What every kernel since 6.10 knows, and the peers too. */
#define ALL_FS ((LANDLOCK_ACCESS_FS_IOCTL_DEV << 1) - 1)

static void make_file(const char *path)
{
	const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0)
		err(1, "cannot make %s", path);
	close(fd);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		err(1, "cannot make %s", path);
}

static void rule_path(char *path, size_t size, unsigned int rule)
{
	snprintf(path, size, DIRECTORY "/rules/%u", rule);
}

/** policy_prepare - Make the files and directories */
void policy_prepare(void)
{
	char deep[] = DEEP;

	make_directory(DIRECTORY);
	make_directory(DIRECTORY "/rules");
	for (unsigned int rule = 1; rule < MAX_RULES; rule++) {
		char path[64];

		rule_path(path, sizeof(path), rule);
		make_directory(path);
	}
	make_file(FORBIDDEN);
	for (char *slash = deep + sizeof(DIRECTORY); *slash; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		make_directory(deep);
		*slash = '/';
	}
	make_file(DEEP);
}

static void add_rule(int ruleset_fd, const char *path)
{
	struct landlock_path_beneath_attr attr = {
		.allowed_access = READ_EXECUTE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};

	if (attr.parent_fd < 0)
		err(1, "%s", path);
	if (syscall(__NR_landlock_add_rule, ruleset_fd,
		    LANDLOCK_RULE_PATH_BENEATH, &attr, 0))
		err(1, "landlock_add_rule for %s", path);
	close(attr.parent_fd);
}

static int make_ruleset(void)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = ALL_FS,
	};
	const int fd = syscall(__NR_landlock_create_ruleset, &attr,
			       sizeof(attr), 0);

	if (fd < 0)
		err(1, "landlock_create_ruleset");
	add_rule(fd, "/");
	return fd;
}

/**
 * policy_ruleset - Build the ruleset
 *
 * @rules: How many rules it should have, at least 1.
 *
 * Return: Its descriptor.  Exits on error.
 */
int policy_ruleset(unsigned int rules)
{
	const int fd = make_ruleset();

	for (unsigned int rule = 1; rule < rules; rule++) {
		char path[64];

		rule_path(path, sizeof(path), rule);
		add_rule(fd, path);
	}
	return fd;
}

/**
 * policy_places - Build the ruleset with rules for places
 *
 * @places: How many names it should have, in the directory of the file that is
 *          opened.  The name of this file is none of them.
 *
 * Return: Its descriptor.  Exits on error.
 */
int policy_places(unsigned int places)
{
	const int fd = make_ruleset();
	char directory[] = DEEP, name[16];
	struct landlock_place_attr attr = {
		.allowed_access = READ_EXECUTE,
		.name = (__u64)(uintptr_t)name,
	};

	*strrchr(directory, '/') = '\0';
	attr.parent_fd = open(directory, O_PATH | O_CLOEXEC);
	if (attr.parent_fd < 0)
		err(1, "%s", directory);
	for (unsigned int place = 0; place < places; place++) {
		snprintf(name, sizeof(name), "place-%u", place);
		if (syscall(__NR_landlock_add_rule, fd, LANDLOCK_RULE_PLACE,
			    &attr, 0))
			err(1, "landlock_add_rule for %s in %s", name,
			    directory);
	}
	close(attr.parent_fd);
	return fd;
}

/**
 * policy_change - Change a ruleset that policy_ruleset() built
 *
 * It allows the same afterwards, but the kernel does not know that.
 *
 * @ruleset_fd: Its descriptor.  Exits on error.
 */
void policy_change(int ruleset_fd)
{
	add_rule(ruleset_fd, "/");
}
