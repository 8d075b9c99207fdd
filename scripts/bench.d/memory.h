/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much memory of the kernel a control group uses
 */

#ifndef MEMORY_H
#define MEMORY_H

/**
 * struct memory - Memory in use, in bytes
 *
 * @kernel: All that the kernel charges to the control group for itself.
 * @slab: What of it comes from slabs.
 * @objects: Objects in use in all slabs of the machine.
 */
struct memory {
	long long kernel;
	long long slab;
	long long objects;
};

void memory_enter(void);
void memory_read(struct memory *memory);

#endif /* MEMORY_H */
