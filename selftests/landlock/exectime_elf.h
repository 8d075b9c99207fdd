/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Programs that the kernel cannot start as usual
 *
 * Requires exectime.h to be included first.
 */

#ifndef _LANDLOCK_EXECTIME_ELF_H
#define _LANDLOCK_EXECTIME_ELF_H

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/**
 * struct exec_elf - Header of a 64-bit program
 *
 * Neither <elf.h> nor <linux/elf.h> name it as this tree does.
 */
struct exec_elf {
	__u8 ident[EI_NIDENT];
	__u16 type;
	__u16 machine;
	__u32 version;
	__u64 entry;
	__u64 phoff;
	__u64 shoff;
	__u32 flags;
	__u16 ehsize;
	__u16 phentsize;
	__u16 phnum;
	__u16 shentsize;
	__u16 shnum;
	__u16 shstrndx;
};

/**
 * struct exec_segment - One of its segments
 */
struct exec_segment {
	__u32 type;
	__u32 flags;
	__u64 offset;
	__u64 vaddr;
	__u64 paddr;
	__u64 filesz;
	__u64 memsz;
	__u64 align;
};

/*
 * Makes a copy of the running program whose segments cannot be mapped, which
 * the kernel only finds past the point of no return.  Returns false for another
 * format than that of 64-bit programs.
 */
static bool __maybe_unused
exectime_make_broken(struct __test_metadata *const _metadata,
		     const char *const path)
{
	struct exec_segment segment;
	struct exec_elf elf;
	int fd;

	exectime_copy_self(_metadata, path, 0755);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(elf), pread(fd, &elf, sizeof(elf), 0));
	if (elf.ident[EI_CLASS] != ELFCLASS64) {
		ASSERT_EQ(0, close(fd));
		return false;
	}

	for (int i = 0; i < elf.phnum; i++) {
		const off_t offset = elf.phoff + i * elf.phentsize;

		ASSERT_EQ(sizeof(segment),
			  pread(fd, &segment, sizeof(segment), offset));
		if (segment.type != PT_LOAD)
			continue;

		segment.memsz = 1ULL << 62;
		ASSERT_EQ(sizeof(segment),
			  pwrite(fd, &segment, sizeof(segment), offset));
	}
	ASSERT_EQ(0, close(fd));
	return true;
}

/*
 * Makes a small program that does nothing, and asks for @interpreter to load
 * it.  It is in the format of the running program, which has to be a 64-bit
 * one.
 */
static bool __maybe_unused
exectime_make_interpreted(struct __test_metadata *const _metadata,
			  const char *const path, const char *const interpreter)
{
	struct {
		struct exec_elf elf;
		struct exec_segment interp;
		struct exec_segment load;
		char name[64];
	} file = {};
	const size_t len = strlen(interpreter) + 1;
	int fd;

	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(file.elf), read(fd, &file.elf, sizeof(file.elf)));
	ASSERT_EQ(0, close(fd));
	if (file.elf.ident[EI_CLASS] != ELFCLASS64)
		return false;

	/* Far from where the kernel puts interpreters. */
	file.elf.type = ET_EXEC;
	file.elf.entry = 0x400000;
	file.elf.phoff = offsetof(typeof(file), interp);
	file.elf.phentsize = sizeof(file.load);
	file.elf.phnum = 2;
	file.elf.shoff = 0;
	file.elf.shnum = 0;
	file.interp.type = PT_INTERP;
	file.interp.offset = offsetof(typeof(file), name);
	file.interp.filesz = len;
	file.load.type = PT_LOAD;
	file.load.flags = PF_R | PF_X;
	file.load.vaddr = file.elf.entry;
	file.load.filesz = sizeof(file);
	file.load.memsz = sizeof(file);
	file.load.align = 0x1000;
	ASSERT_GE(sizeof(file.name), len);
	memcpy(file.name, interpreter, len);

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(file), write(fd, &file, sizeof(file)));
	ASSERT_EQ(0, fchmod(fd, 0755));
	ASSERT_EQ(0, close(fd));
	return true;
}

#endif /* _LANDLOCK_EXECTIME_ELF_H */
