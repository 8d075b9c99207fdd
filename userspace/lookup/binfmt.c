// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - How the kernel executes a file: formats and interpreters
 */

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
#include "binfmt_misc.h"

/* The kernel reads at most so many bytes of program headers. */
#define MAX_HEADERS 65536

/* Exists if the kernel has the 32-bit system calls of x86. */
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

/* Returns the first newline, or NULL if there is a NUL before it. */
static const char *find_newline(const char *head)
{
	size_t i;

	for (i = 0; i < BINFMT_HEAD_SIZE && head[i]; i++)
		if (head[i] == '\n')
			return head + i;
	return NULL;
}

/* Follows fs/binfmt_script.c step by step. */
static bool read_script(const char *head, struct binfmt *binfmt)
{
	const char *const last = head + BINFMT_HEAD_SIZE - 1;
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

/* The fields of an ELF header, of either class, that the kernel looks at. */
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

/* The kernel tells the classes apart by machine and sizes, not by the class. */
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

/* Finds the first ELF interpreter.  Returns 1 if there is one, or -errno. */
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
	/* The kernel checks its type past the point of no return. */
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
 * Returns 0 if the kernel can load this ELF interpreter for @program, or
 * -errno.  Nearly all programs have the same interpreter, so the last answer is
 * kept.
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

/* Returns whether the kernel executes the file as ELF, or fails to. */
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

void binfmt_read(int fd, const char *name, struct binfmt *binfmt)
{
	char head[BINFMT_HEAD_SIZE] = {};
	bool loader = false;

	memset(binfmt, 0, sizeof(*binfmt));
	if (pread(fd, head, sizeof(head), 0) < 0) {
		binfmt->error = -errno;
		return;
	}
	if (binfmt_misc_read(head, name, binfmt, &loader) ||
	    read_script(head, binfmt))
		return;
	if (!read_elf(fd, head, false, binfmt) &&
	    !read_elf(fd, head, true, binfmt))
		return;
	/* A handler replaces the ELF interpreter. */
	if (loader && *binfmt->interpreter)
		binfmt->error = 0;
}
