// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - What the kernel takes a file for that is executed
 */

#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "binfmt.h"
#include "util.h"

/* As much of a file as the kernel looks at (BINPRM_BUF_SIZE). */
#define HEAD_SIZE 256

/* The kernel's limit of a register string. */
#define MAX_REGISTERED 1920

/* The most that the kernel reads of program headers. */
#define MAX_HEADERS 65536

#define MISC "/proc/sys/fs/binfmt_misc"

/* There if the kernel has the 32-bit system calls of x86. */
#define COMPAT_X86 "/proc/sys/abi/vsyscall32"

int binfmt_open(const char *path)
{
	const int there = open(path, O_PATH | O_CLOEXEC);
	char link[64];
	struct stat st;
	int fd, err;

	if (there < 0)
		return -1;
	if (fstat(there, &st) || !S_ISREG(st.st_mode) ||
	    !(st.st_mode & 0111)) {
		close(there);
		errno = EACCES;
		return -1;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", there);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	err = errno;
	close(there);
	errno = err;
	return fd;
}

/*
 * "#!"
 */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *first, const char *last)
{
	for (; first <= last; first++)
		if (!is_blank(*first))
			return first;
	return NULL;
}

static const char *find_end(const char *first, const char *last)
{
	for (; first <= last; first++)
		if (is_blank(*first) || !*first)
			return first;
	return NULL;
}

/* The first newline, unless there is a NUL before it. */
static const char *find_newline(const char *head)
{
	size_t i;

	for (i = 0; i < HEAD_SIZE && head[i]; i++)
		if (head[i] == '\n')
			return head + i;
	return NULL;
}

/* What fs/binfmt_script.c does, step by step. */
static bool read_script(const char *head, struct binfmt *binfmt)
{
	const char *const last = head + HEAD_SIZE - 1;
	const char *name, *end, *stop;

	if (head[0] != '#' || head[1] != '!')
		return false;
	end = find_newline(head);
	if (!end) {
		name = skip_blanks(head + 2, last);
		/* Nothing but blanks, or a path that may be cut off. */
		if (!name || !find_end(name, last))
			return false;
		end = last;
	}
	while (is_blank(end[-1]))
		end--;
	name = skip_blanks(head + 2, end);
	if (!name || name == end)
		return false;
	stop = find_end(name, end - 1) ?: end;
	memcpy(binfmt->interpreter, name, stop - name);
	binfmt->interpreter[stop - name] = '\0';
	binfmt->kind = BINFMT_SCRIPT;
	return true;
}

/*
 * ELF
 */

/* What the kernel looks at in an ELF header, of either class. */
struct elf {
	uint16_t type;
	uint16_t machine;
	uint64_t headers;
	size_t header_size;
	size_t num_headers;
	bool compat;
};

#if defined(__x86_64__)
#define NATIVE EM_X86_64
#elif defined(__aarch64__)
#define NATIVE EM_AARCH64
#else
#error "name the machine of ELF files for this architecture"
#endif

static bool is_compat_machine(uint16_t machine)
{
	if (NATIVE == EM_X86_64)
		return (machine == EM_386 || machine == 6 /* EM_486 */) &&
		       access(COMPAT_X86, F_OK) == 0;
	return machine == EM_ARM;
}

/* The kernel tells classes apart by the machine, and by what does not fit. */
static void view_elf(const char *head, bool compat, struct elf *elf)
{
	Elf64_Ehdr header;
	Elf32_Ehdr header32;

	memcpy(&header, head, sizeof(header));
	memcpy(&header32, head, sizeof(header32));
	elf->compat = compat;
	elf->type = header.e_type;
	elf->machine = header.e_machine;
	elf->headers = compat ? header32.e_phoff : header.e_phoff;
	elf->num_headers = compat ? header32.e_phnum : header.e_phnum;
	elf->header_size = compat ? header32.e_phentsize : header.e_phentsize;
}

static bool is_elf(const char *head, const struct elf *elf)
{
	return memcmp(head, ELFMAG, SELFMAG) == 0 &&
	       (elf->type == ET_EXEC || elf->type == ET_DYN) &&
	       (elf->compat ? is_compat_machine(elf->machine) :
			      elf->machine == NATIVE);
}

/* Returns the program headers, or NULL. */
static void *read_headers(int fd, const struct elf *elf)
{
	const size_t wanted = elf->compat ? sizeof(Elf32_Phdr) :
					    sizeof(Elf64_Phdr);
	const size_t size = wanted * elf->num_headers;
	void *headers;

	if (elf->header_size != wanted || !size || size > MAX_HEADERS)
		return NULL;
	headers = malloc(size);
	if (headers && pread(fd, headers, size, elf->headers) != (ssize_t)size) {
		free(headers);
		headers = NULL;
	}
	return headers;
}

/* Finds the ELF interpreter that is asked for first.  Returns 1 if there is. */
static int find_interpreter(int fd, const struct elf *elf, const void *headers,
			    char *path)
{
	size_t i;

	for (i = 0; i < elf->num_headers; i++) {
		const Elf64_Phdr *const header = (const Elf64_Phdr *)headers + i;
		const Elf32_Phdr *const header32 =
			(const Elf32_Phdr *)headers + i;
		const uint32_t type = elf->compat ? header32->p_type :
						    header->p_type;
		const uint64_t size = elf->compat ? header32->p_filesz :
						    header->p_filesz;
		const uint64_t offset = elf->compat ? header32->p_offset :
						      header->p_offset;

		if (type != PT_INTERP)
			continue;
		if (size < 2 || size > PATH_MAX)
			return -ENOEXEC;
		if (pread(fd, path, size, offset) != (ssize_t)size)
			return -EIO;
		return path[size - 1] ? -ENOEXEC : 1;
	}
	return 0;
}

static int try_interpreter(const char *path, const struct elf *program)
{
	const size_t size = program->compat ? sizeof(Elf32_Ehdr) :
					      sizeof(Elf64_Ehdr);
	char head[sizeof(Elf64_Ehdr)] = {};
	struct elf elf;
	void *headers;
	int fd, err = 0;

	fd = binfmt_open(path);
	if (fd < 0)
		return -errno;
	if (pread(fd, head, size, 0) != (ssize_t)size)
		err = -EIO;
	view_elf(head, program->compat, &elf);
	/* Its type is looked at when there is no way back. */
	elf.type = ET_DYN;
	if (!err && !is_elf(head, &elf))
		err = -ELIBBAD;
	headers = err ? NULL : read_headers(fd, &elf);
	if (!err && !headers)
		err = -ELIBBAD;
	free(headers);
	close(fd);
	return err;
}

/*
 * Whether the kernel can load it as an ELF interpreter for @program.  Nearly all
 * programs have the same: the last one is known.
 */
static int check_interpreter(const char *path, const struct elf *program)
{
	static struct {
		char path[PATH_MAX + 1];
		bool compat;
		int err;
	} last;

	if (strcmp(last.path, path) || last.compat != program->compat) {
		snprintf(last.path, sizeof(last.path), "%s", path);
		last.compat = program->compat;
		last.err = try_interpreter(path, program);
	}
	return last.err;
}

/* Returns whether the file is ELF that the kernel executes, or fails at. */
static bool read_elf(int fd, const char *head, bool compat,
		     struct binfmt *binfmt)
{
	struct elf elf;
	void *headers;
	int err;

	view_elf(head, compat, &elf);
	if (!is_elf(head, &elf))
		return false;
	headers = read_headers(fd, &elf);
	if (!headers)
		return false;
	err = find_interpreter(fd, &elf, headers, binfmt->interpreter);
	free(headers);
	if (err == -ENOEXEC) {
		*binfmt->interpreter = '\0';
		return false;
	}
	if (err > 0)
		err = check_interpreter(binfmt->interpreter, &elf);
	binfmt->kind = BINFMT_ELF;
	binfmt->error = err;
	return true;
}

/*
 * binfmt_misc
 */

/* A handler, as its file in the file system describes it. */
struct handler {
	char name[NAME_MAX + 1];
	bool enabled;
	bool bpf;
	char flags[16];
	char extension[MAX_REGISTERED];
	char interpreter[MAX_REGISTERED];
	size_t offset;
	unsigned char magic[HEAD_SIZE];
	unsigned char mask[HEAD_SIZE];
	size_t size;
};

static size_t read_hex(const char *text, unsigned char *bytes)
{
	unsigned int byte;
	size_t size;

	for (size = 0; size < HEAD_SIZE && sscanf(text, "%2x", &byte) == 1;
	     size++, text += 2)
		bytes[size] = byte;
	return size;
}

/* Whether a line begins with this; if so, @value is what comes after it. */
static bool has_value(const char *line, const char *name, const char **value)
{
	const size_t size = strlen(name);

	*value = line + size;
	return strncmp(line, name, size) == 0;
}

static void read_line(struct handler *handler, char *line)
{
	const char *value;

	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "enabled") == 0)
		handler->enabled = true;
	else if (has_value(line, "bpf ", &value))
		handler->bpf = true;
	else if (has_value(line, "interpreter ", &value))
		snprintf(handler->interpreter, sizeof(handler->interpreter),
			 "%s", value);
	else if (has_value(line, "flags: ", &value))
		snprintf(handler->flags, sizeof(handler->flags), "%s", value);
	else if (has_value(line, "extension .", &value))
		snprintf(handler->extension, sizeof(handler->extension), "%s",
			 value);
	else if (has_value(line, "offset ", &value))
		handler->offset = strtoul(value, NULL, 10);
	else if (has_value(line, "magic ", &value))
		handler->size = read_hex(value, handler->magic);
	else if (has_value(line, "mask ", &value))
		read_hex(value, handler->mask);
}

static bool read_handler(int dir, const char *name, struct handler *handler)
{
	const int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	FILE *const file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	memset(handler, 0, sizeof(*handler));
	snprintf(handler->name, sizeof(handler->name), "%s", name);
	memset(handler->mask, 0xff, sizeof(handler->mask));
	while (getline(&line, &size, file) > 0)
		read_line(handler, line);
	free(line);
	fclose(file);
	return handler->enabled;
}

static bool takes(const struct handler *handler, const char *head,
		  const char *name)
{
	const char *const dot = strrchr(name, '.');
	size_t i;

	if (*handler->extension)
		return dot && strcmp(dot + 1, handler->extension) == 0;
	if (!handler->size || handler->offset + handler->size > HEAD_SIZE)
		return false;
	for (i = 0; i < handler->size; i++)
		if (((unsigned char)head[handler->offset + i] ^
		     handler->magic[i]) & handler->mask[i])
			return false;
	return true;
}

/* Whether binfmt_misc as a whole is on. */
static bool misc_enabled(void)
{
	char status[16] = "";
	const int fd = open(MISC "/status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, status, sizeof(status) - 1) < 0)
		*status = '\0';
	close(fd);
	return strncmp(status, "enabled", 7) == 0;
}

/*
 * All handlers, read when the first file is looked at: there is one file for
 * each, and a set of policies has hundreds of programs.  The memory is for the
 * rest of the command.
 */
static struct handler *handlers;
static size_t num_handlers;

/*
 * The directory lists the handlers in the order in which the kernel asks them:
 * the one that was registered last comes first.
 */
static void read_handlers(void)
{
	static bool done;
	const struct dirent *entry;
	struct handler *more;
	DIR *dir;

	if (done)
		return;
	done = true;
	dir = misc_enabled() ? opendir(MISC) : NULL;
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.' ||
		    strcmp(entry->d_name, "register") == 0 ||
		    strcmp(entry->d_name, "status") == 0)
			continue;
		more = reallocarray(handlers, num_handlers + 1, sizeof(*more));
		if (!more)
			break;
		handlers = more;
		num_handlers += read_handler(dirfd(dir), entry->d_name,
					     &more[num_handlers]);
	}
	if (dir)
		closedir(dir);
}

/* A handler with the flag L only takes the place of an ELF interpreter. */
static bool read_misc(const char *head, const char *name,
		      struct binfmt *binfmt, bool *loader)
{
	const struct handler *handler;
	bool found = false;

	read_handlers();
	for (handler = handlers; handler < handlers + num_handlers; handler++) {
		found = !handler->bpf && takes(handler, head, name);
		if (handler->bpf || found)
			snprintf(binfmt->handler, sizeof(binfmt->handler),
				 "%s", handler->name);
		/* What it takes, it alone knows: go on without it. */
		binfmt->unsure |= handler->bpf;
		if (found)
			break;
	}
	if (!found)
		return false;
	*loader = strchr(handler->flags, 'L');
	if (*loader)
		return false;
	binfmt->kind = BINFMT_MISC;
	/* C and T do so as well. */
	binfmt->keeps = strpbrk(handler->flags, "OCT");
	snprintf(binfmt->interpreter, sizeof(binfmt->interpreter), "%s",
		 handler->interpreter);
	return true;
}

void binfmt_read(int fd, const char *name, struct binfmt *binfmt)
{
	char head[HEAD_SIZE] = {};
	bool loader = false;

	memset(binfmt, 0, sizeof(*binfmt));
	if (pread(fd, head, sizeof(head), 0) < 0) {
		binfmt->error = -errno;
		return;
	}
	if (read_misc(head, name, binfmt, &loader) ||
	    read_script(head, binfmt))
		return;
	if (!read_elf(fd, head, false, binfmt) &&
	    !read_elf(fd, head, true, binfmt))
		return;
	/* Another one comes in its place. */
	if (loader && *binfmt->interpreter)
		binfmt->error = 0;
}
