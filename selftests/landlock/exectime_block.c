// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Arguments that block execve(2)
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exectime_block.h"

/*
 * Prepares an argument, for all tasks that share this address space.  Requires
 * CAP_SYS_PTRACE, because the kernel is going to wait.  Returns 0 or -errno.
 */
int exectime_block_init(struct exec_block *const block)
{
	struct uffdio_api api = {
		.api = UFFD_API,
	};
	struct uffdio_register reg = {
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	block->size = sysconf(_SC_PAGESIZE);
	block->page = mmap(NULL, block->size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block->page == MAP_FAILED)
		return -errno;

	block->uffd = syscall(__NR_userfaultfd, O_CLOEXEC);
	if (block->uffd < 0)
		return -errno;

	reg.range.start = (unsigned long)block->page;
	reg.range.len = block->size;
	if (ioctl(block->uffd, UFFDIO_API, &api) ||
	    ioctl(block->uffd, UFFDIO_REGISTER, &reg))
		return -errno;

	return 0;
}

/* Whether the kernel has userfaultfd(2), and lets us use it. */
bool exectime_can_block(void)
{
	struct exec_block block;

	if (exectime_block_init(&block))
		return false;

	close(block.uffd);
	munmap(block.page, block.size);
	return true;
}

/* Waits for a task to be blocked. */
int exectime_block_wait(const struct exec_block *const block)
{
	struct uffd_msg msg;

	if (read(block->uffd, &msg, sizeof(msg)) != sizeof(msg))
		return -EIO;

	return msg.event == UFFD_EVENT_PAGEFAULT ? 0 : -EINVAL;
}

/* Makes it an empty argument, with which the exec goes on. */
int exectime_block_end(const struct exec_block *const block)
{
	struct uffdio_zeropage zero = {
		.range.start = (unsigned long)block->page,
		.range.len = block->size,
	};

	return ioctl(block->uffd, UFFDIO_ZEROPAGE, &zero) ? -errno : 0;
}
