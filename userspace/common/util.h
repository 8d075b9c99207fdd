/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Macros of the kernel's headers
 */

#ifndef EXECLOCK_UTIL_H
#define EXECLOCK_UTIL_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define __printf(string, args) \
	__attribute((format(printf, string, args)))

#endif /* EXECLOCK_UTIL_H */
