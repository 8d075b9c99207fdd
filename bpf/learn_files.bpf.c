// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Observe which rights for files a command uses
 *
 * These programs are linked with those of learn.bpf.c.
 */

#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <asm/fcntl.h>
#include <asm/ioctls.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/stat.h>
#include <stdbool.h>

#include "landlock_rights.h"
#include "learn_event.h"

/* From internal headers of the kernel. */
#define FMODE_EXEC_FLAG 0x20	/* in f_flags, __FMODE_EXEC */
#define FMODE_READ_FLAG 0x1
#define FMODE_WRITE_FLAG 0x2
#define SB_NOUSER_FLAG 0x80000000UL

#ifndef FS_IOC_GETFSUUID
#define FS_IOC_GETFSUUID _IOR(0x15, 0, __u8[17])
#endif
#ifndef FS_IOC_GETFSSYSFSPATH
#define FS_IOC_GETFSSYSFSPATH _IOR(0x15, 1, __u8[129])
#endif

struct super_block___learn {
	unsigned long s_flags;
} CORE;

struct file___learn {
	unsigned int f_mode;
	unsigned int f_flags;
} CORE;

char LICENSE[] SEC("license") = "GPL";

static __u64 last_rename;

static __always_inline __u16 mode_of_inode(const struct inode *inode)
{
	return BPF_CORE_READ(inode, i_mode);
}

static __always_inline __u16 mode_of(const struct dentry *dentry)
{
	const struct inode *const inode = BPF_CORE_READ(dentry, d_inode);

	return mode_of_inode(inode);
}

static __always_inline __u16 mode_of_file(const struct file *file)
{
	const struct inode *const inode = BPF_CORE_READ(file, f_inode);

	return mode_of_inode(inode);
}

static __always_inline bool exists(const struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_inode);
}

static __always_inline __u64 right_to_make(__u16 mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return LANDLOCK_ACCESS_FS_MAKE_SYM;
	case S_IFDIR:
		return LANDLOCK_ACCESS_FS_MAKE_DIR;
	case S_IFCHR:
		return LANDLOCK_ACCESS_FS_MAKE_CHAR;
	case S_IFBLK:
		return LANDLOCK_ACCESS_FS_MAKE_BLOCK;
	case S_IFIFO:
		return LANDLOCK_ACCESS_FS_MAKE_FIFO;
	case S_IFSOCK:
		return LANDLOCK_ACCESS_FS_MAKE_SOCK;
	default:
		return LANDLOCK_ACCESS_FS_MAKE_REG;
	}
}

static __always_inline __u64 right_to_remove(__u16 mode)
{
	return S_ISDIR(mode) ? LANDLOCK_ACCESS_FS_REMOVE_DIR :
			       LANDLOCK_ACCESS_FS_REMOVE_FILE;
}

static __always_inline bool is_nowhere(const struct file *file)
{
	const struct super_block *const sb = BPF_CORE_READ(file, f_inode, i_sb);

	return BPF_CORE_READ((const struct super_block___learn *)sb, s_flags) &
	       SB_NOUSER_FLAG;
}

SEC("lsm/file_open")
int BPF_PROG(opened, struct file *file)
{
	const struct file___learn *const learn = (void *)file;
	__u16 mode;
	__u32 flags = 0;
	__u64 access = 0;

	if (!is_learned())
		return 0;
	/* Pipes, memfds and the like are in no directory, and need no right. */
	if (is_nowhere(file))
		return 0;
	mode = mode_of_file(file);
	if (BPF_CORE_READ(learn, f_mode) & FMODE_READ_FLAG)
		access |= S_ISDIR(mode) ? LANDLOCK_ACCESS_FS_READ_DIR :
					  LANDLOCK_ACCESS_FS_READ_FILE;
	if (BPF_CORE_READ(learn, f_mode) & FMODE_WRITE_FLAG)
		access |= LANDLOCK_ACCESS_FS_WRITE_FILE;
	if (BPF_CORE_READ(learn, f_flags) & FMODE_EXEC_FLAG)
		access |= LANDLOCK_ACCESS_FS_EXECUTE;
	/* In the next run, the file may exist, and have to be truncated... */
	if (BPF_CORE_READ(learn, f_flags) & O_TRUNC && S_ISREG(mode))
		access |= LANDLOCK_ACCESS_FS_TRUNCATE;
	/* ... or be missing, and have to be created. */
	if (BPF_CORE_READ(learn, f_flags) & O_CREAT && S_ISREG(mode))
		flags = LEARN_WOULD_MAKE;
	tell_path(&file->f_path, mode, flags, access);
	return 0;
}

SEC("lsm/file_truncate")
int BPF_PROG(truncated, struct file *file)
{
	if (is_learned())
		tell_path(&file->f_path, mode_of_file(file), 0,
			  LANDLOCK_ACCESS_FS_TRUNCATE);
	return 0;
}

SEC("lsm/path_truncate")
int BPF_PROG(truncated_path, const struct path *path)
{
	if (is_learned())
		tell_path(path, S_IFREG, 0, LANDLOCK_ACCESS_FS_TRUNCATE);
	return 0;
}

/* Landlock permits these commands, which are not about the device. */
static __always_inline bool is_harmless(unsigned int command)
{
	switch (command) {
	case FIOCLEX:
	case FIONCLEX:
	case FIONBIO:
	case FIOASYNC:
	case FIOQSIZE:
	case FIFREEZE:
	case FITHAW:
	case FS_IOC_FIEMAP:
	case FIGETBSZ:
	case FICLONE:
	case FICLONERANGE:
	case FIDEDUPERANGE:
	case FS_IOC_GETFSUUID:
	case FS_IOC_GETFSSYSFSPATH:
		return true;
	default:
		return false;
	}
}

static __always_inline int ioctl_of(struct file *file, unsigned int command)
{
	__u16 mode;

	if (!is_learned() || is_harmless(command))
		return 0;
	mode = mode_of_file(file);
	if (S_ISCHR(mode) || S_ISBLK(mode))
		tell_path(&file->f_path, mode, 0, LANDLOCK_ACCESS_FS_IOCTL_DEV);
	return 0;
}

SEC("lsm/file_ioctl")
int BPF_PROG(controlled, struct file *file, unsigned int command)
{
	return ioctl_of(file, command);
}

SEC("lsm/file_ioctl_compat")
int BPF_PROG(controlled_compat, struct file *file, unsigned int command)
{
	return ioctl_of(file, command);
}

SEC("lsm/path_mknod")
int BPF_PROG(made_node, const struct path *dir, struct dentry *dentry,
	     unsigned short mode, unsigned int dev)
{
	if (is_learned())
		tell_name(dir, dentry, right_to_make(mode), 0);
	return 0;
}

SEC("lsm/path_mkdir")
int BPF_PROG(made_dir, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_MAKE_DIR, 0);
	return 0;
}

SEC("lsm/path_symlink")
int BPF_PROG(made_symlink, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_MAKE_SYM, 0);
	return 0;
}

SEC("lsm/path_unlink")
int BPF_PROG(removed_file, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_REMOVE_FILE, 0);
	return 0;
}

SEC("lsm/path_rmdir")
int BPF_PROG(removed_dir, const struct path *dir, struct dentry *dentry)
{
	if (is_learned())
		tell_name(dir, dentry, LANDLOCK_ACCESS_FS_REMOVE_DIR, 0);
	return 0;
}

SEC("lsm/path_rename")
int BPF_PROG(renamed, const struct path *old_dir, struct dentry *old_dentry,
	     const struct path *new_dir, struct dentry *new_dentry,
	     unsigned int flags)
{
	__u64 from, to, refer = 0, rename = 0;

	if (!is_learned())
		return 0;
	from = right_to_remove(mode_of(old_dentry));
	to = right_to_make(mode_of(old_dentry));
	if (exists(new_dentry))
		to |= right_to_remove(mode_of(new_dentry));
	if (flags & RENAME_EXCHANGE)
		from |= right_to_make(mode_of(new_dentry));
	if (BPF_CORE_READ(old_dir, dentry) != BPF_CORE_READ(new_dir, dentry)) {
		refer = LANDLOCK_ACCESS_FS_REFER;
		rename = __sync_add_and_fetch(&last_rename, 1);
	}
	tell_name(old_dir, old_dentry, from | refer, rename);
	tell_name(new_dir, new_dentry, to | refer, rename);
	return 0;
}

/*
 * The hook has no path of the file, but the file is on the same mount as the
 * new directory, which has a path.  So the event has the number of directories
 * from there up to the root of the mount, and the names from the root down to
 * the directory of the file, the last one first.
 */
static __always_inline void tell_link(const struct dentry *old_dir,
				      const struct path *new_dir, __u64 rename)
{
	const struct dentry *const root = BPF_CORE_READ(new_dir, mnt, mnt_root);
	const struct dentry *dir = BPF_CORE_READ(new_dir, dentry);
	struct learn_event *event;
	__u32 size = 0, up = 0;
	int i;

	event = begin(LEARN_LINK, 0);
	if (!event)
		return;
	event->other = rename;
	bpf_for(i, 0, LEARN_DEPTH) {
		if (dir == root)
			break;
		dir = BPF_CORE_READ(dir, d_parent);
		up++;
	}
	bpf_for(i, 0, LEARN_DEPTH) {
		long written;

		if (old_dir == root ||
		    size > sizeof(event->path) - LEARN_NAME_SIZE)
			break;
		written = bpf_probe_read_kernel_str(event->path + size,
						    LEARN_NAME_SIZE,
						    BPF_CORE_READ(old_dir, d_name.name));
		if (written <= 0 || written > LEARN_NAME_SIZE)
			break;
		size += written;
		old_dir = BPF_CORE_READ(old_dir, d_parent);
	}
	event->mode = up;
	event->port = size;
	if (dir != root || old_dir != root)
		event->kind = LEARN_NO_PATH;
	bpf_ringbuf_submit(event, 0);
}

SEC("lsm/path_link")
int BPF_PROG(linked, struct dentry *old_dentry, const struct path *new_dir,
	     struct dentry *new_dentry)
{
	const struct dentry *old_dir;
	__u64 access, rename = 0;

	if (!is_learned())
		return 0;
	access = right_to_make(mode_of(old_dentry));
	old_dir = BPF_CORE_READ(old_dentry, d_parent);
	if (old_dir != BPF_CORE_READ(new_dir, dentry)) {
		access |= LANDLOCK_ACCESS_FS_REFER;
		rename = __sync_add_and_fetch(&last_rename, 1);
		tell_link(old_dir, new_dir, rename);
	}
	tell_name(new_dir, new_dentry, access, rename);
	return 0;
}

SEC("lsm/unix_find")
int BPF_PROG(found_socket, const struct path *path)
{
	if (is_learned())
		tell_path(path, S_IFSOCK, 0, LANDLOCK_ACCESS_FS_RESOLVE_UNIX);
	return 0;
}

/*
 * Mounts: Landlock has no right for these
 */

static __always_inline int tell_mount(void)
{
	if (is_learned())
		tell(LEARN_MOUNTS);
	return 0;
}

SEC("lsm/sb_mount")
int BPF_PROG(mounted)
{
	return tell_mount();
}

SEC("lsm/move_mount")
int BPF_PROG(moved_mount)
{
	return tell_mount();
}

SEC("lsm/sb_umount")
int BPF_PROG(unmounted)
{
	return tell_mount();
}

SEC("lsm/sb_remount")
int BPF_PROG(remounted)
{
	return tell_mount();
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(pivoted_root)
{
	return tell_mount();
}
