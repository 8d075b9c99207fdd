/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Addresses of the kernel's symbols
 */

#ifndef EXECLOCK_KALLSYMS_H
#define EXECLOCK_KALLSYMS_H

#include <linux/types.h>

/**
 * kallsyms_find - Find the address of a symbol of the kernel
 *
 * @name: The symbol.
 *
 * This reads all of /proc/kallsyms (see proc_kallsyms(5)), which takes longer than
 * any other step of a load.
 *
 * Return: the address, or 0 if the kernel does not tell: it has the addresses of
 * variables with CONFIG_KALLSYMS_ALL, and shows them to processes with CAP_SYSLOG.
 */
__u64 kallsyms_find(const char *name);

#endif /* EXECLOCK_KALLSYMS_H */
