/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - In what is in force, the differences from the system's file
 */

#ifndef EXECLOCK_DIFFERENCES_H
#define EXECLOCK_DIFFERENCES_H

#include <jansson.h>

/**
 * enum differences - Parts of the system's file, as bits
 *
 * @DIFFERENCES_NNP: New privileges.
 * @DIFFERENCES_CGROUPS: Policies of cgroups.
 * @DIFFERENCES_USERNS: The default of user namespaces, and its exemptions.
 * @DIFFERENCES_ALL: All of these.
 */
enum differences {
	DIFFERENCES_NNP = 1,
	DIFFERENCES_CGROUPS = 2,
	DIFFERENCES_USERNS = 4,
	DIFFERENCES_ALL = 7,
};

/**
 * differences_find - Compare what is in force with the system's file
 *
 * @parts: Bits of &enum differences: the parts to be compared.
 *
 * Return: an array of sentences, which is empty if there is no difference or no
 * file; NULL with the error reported.
 */
json_t *differences_find(unsigned int parts);

/**
 * differences_print - Print differences, on lines of their own
 *
 * @list: As differences_find() returned it, which is released.
 */
void differences_print(json_t *list);

#endif /* EXECLOCK_DIFFERENCES_H */
