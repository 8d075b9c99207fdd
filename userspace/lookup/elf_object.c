// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - An ELF file's machine, and the libraries that it needs
 */

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "elf_object.h"

/* Opens ELF; NULL if it is something else. */
static Elf *open_elf(int fd, struct elf_machine *machine)
{
	GElf_Ehdr header;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return NULL;
	if (elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header)) {
		machine->number = header.e_machine;
		machine->class = header.e_ident[EI_CLASS];
		return elf;
	}
	elf_end(elf);
	return NULL;
}

bool elf_read_machine(int fd, struct elf_machine *machine)
{
	Elf *const elf = open_elf(fd, machine);

	elf_end(elf);
	return elf;
}

bool elf_same_machine(const struct elf_machine *a, const struct elf_machine *b)
{
	return a->number == b->number && a->class == b->class;
}

void elf_object_free(struct elf_object *object)
{
	if (!object)
		return;
	while (object->num_needed)
		free(object->needed[--object->num_needed]);
	free(object->needed);
	free(object->runpath);
	free(object->rpath);
	free(object->origin);
	free(object->path);
	free(object);
}

static bool set_text(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to;
}

static bool add_needed(struct elf_object *object, const char *name)
{
	char **const more = reallocarray(object->needed,
					 object->num_needed + 1,
					 sizeof(*more));

	if (!more)
		return false;
	object->needed = more;
	more[object->num_needed] = strdup(name);
	if (!more[object->num_needed])
		return false;
	object->num_needed++;
	return true;
}

/* Returns whether there was memory for it. */
static bool read_dynamic(struct elf_object *object, Elf *elf, Elf_Scn *section,
			 const GElf_Shdr *header)
{
	Elf_Data *const data = elf_getdata(section, NULL);
	const char *text;
	bool done = true;
	GElf_Dyn entry;
	int i;

	for (i = 0; done && data && gelf_getdyn(data, i, &entry); i++) {
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_RPATH &&
		    entry.d_tag != DT_RUNPATH)
			continue;
		text = elf_strptr(elf, header->sh_link, entry.d_un.d_val);
		if (!text)
			continue;
		if (entry.d_tag == DT_RPATH)
			done = set_text(&object->rpath, text);
		else if (entry.d_tag == DT_RUNPATH)
			done = set_text(&object->runpath, text);
		else
			done = add_needed(object, text);
	}
	return done;
}

struct elf_object *elf_object_read(const char *path, int fd)
{
	struct elf_object *const object = calloc(1, sizeof(*object));
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	bool done;
	Elf *elf;

	elf = object ? open_elf(fd, &object->machine) : NULL;
	if (!elf) {
		free(object);
		return NULL;
	}
	object->path = strdup(path);
	object->origin = strdup(path);
	done = object->path && object->origin;
	if (done)
		*strrchr(object->origin, '/') = '\0';
	while (done && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) &&
		    header.sh_type == SHT_DYNAMIC)
			done = read_dynamic(object, elf, section, &header);
	elf_end(elf);
	if (!done) {
		elf_object_free(object);
		return NULL;
	}
	return object;
}
