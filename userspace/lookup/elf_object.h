/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - An ELF file's machine, and the libraries that it needs
 */

#ifndef EXECLOCK_ELF_OBJECT_H
#define EXECLOCK_ELF_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct elf_machine - For which programs a library is
 *
 * @number: The machine (e_machine).
 * @class: Whether it is for 32 or 64 bits (EI_CLASS).
 */
struct elf_machine {
	unsigned int number;
	unsigned int class;
};

/**
 * struct elf_object - A program or library, and the libraries that it names
 *
 * @path: Its path without links.
 * @for_others: Whether execlock decides for others, see resolve_open().
 * @machine: For which machine it is.
 * @origin: Directory that it is in, for "$ORIGIN".
 * @rpath: Where to look for libraries (DT_RPATH), or NULL.
 * @runpath: The same (DT_RUNPATH).
 * @needed: Names of the libraries that it needs.
 * @num_needed: Their number.
 */
struct elf_object {
	char *path;
	bool for_others;
	struct elf_machine machine;
	char *origin;
	char *rpath;
	char *runpath;
	char **needed;
	size_t num_needed;
};

/**
 * elf_read_machine - Find out for which machine a file is
 *
 * @fd: The file, open to be read.
 * @machine: Filled in.
 *
 * Return: true, or false if the file is not ELF.
 */
bool elf_read_machine(int fd, struct elf_machine *machine);

/**
 * elf_same_machine - Tell whether two machines are the same
 *
 * @a: One of them.
 * @b: The other one.
 *
 * Return: true if so.
 */
bool elf_same_machine(const struct elf_machine *a, const struct elf_machine *b);

/**
 * elf_object_read - Read the names of the libraries of a file
 *
 * @path: Its path without links.
 * @fd: The file, open to be read.
 *
 * Return: the object, to be released with elf_object_free(); NULL if it is not
 * ELF, or without memory.
 */
struct elf_object *elf_object_read(const char *path, int fd);

/**
 * elf_object_free - Release an object
 *
 * @object: The object, or NULL.
 */
void elf_object_free(struct elf_object *object);

#endif /* EXECLOCK_ELF_OBJECT_H */
