// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs of lsm_policy.rst that know policies by cgroup
 */

#include "doc.h"
#include "restrict_cgroup.skel.h"

#include <bpf/bpf.h>

#define PROGRAM "restrict_cgroup.bpf.c"
#define CGROUP "/sys/fs/cgroup/doc-examples"

static int enter_cgroup(void)
{
	const int fd = open(CGROUP "/cgroup.procs", O_WRONLY);

	return fd >= 0 && write(fd, "0", 1) == 1 ? 0 : -1;
}

static __u64 cgroup_id(const char *path)
{
	struct {
		struct file_handle handle;
		__u64 id;
	} found = { .handle.handle_bytes = sizeof(__u64) };
	int mount;

	need(!name_to_handle_at(AT_FDCWD, path, &found.handle, &mount, 0),
	     "cannot get the ID of a cgroup");
	return found.id;
}

/* Returns the result of the program. */
static int set_policy(struct restrict_cgroup *skel, __u64 id, int ruleset_fd)
{
	struct {
		__u64 cgroup_id;
		int ruleset_fd;
	} args = {
		.cgroup_id = id,
		.ruleset_fd = ruleset_fd,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &args,
		    .ctx_size_in = sizeof(args));

	need(!bpf_prog_test_run_opts(bpf_program__fd(skel->progs.set_policy),
				     &opts), "cannot run set_policy");
	return opts.retval;
}

int main(int argc, char *argv[])
{
	struct restrict_cgroup *skel;
	__u64 id;

	start(argc, argv);
	make_copy(0755);
	need(!mkdir(CGROUP, 0755), CGROUP);
	id = cgroup_id(CGROUP);
	skel = restrict_cgroup__open();
	need(skel, "cannot open the BPF programs");
	is(PROGRAM, restrict_cgroup__load(skel), 0,
	   "the verifier accepts both programs");
	need(!restrict_cgroup__attach(skel), "cannot attach them");

	is(PROGRAM, found_by(0, COPY, enter_cgroup), IS_ROOT,
	   "a cgroup without policy is free");
	is(PROGRAM, set_policy(skel, id, -1), -EINVAL,
	   "a file that is no ruleset is not stored");
	is(PROGRAM, found_by(0, COPY, enter_cgroup), NOT_EXECUTED(EACCES),
	   "nothing is executed without a ruleset");
	is(PROGRAM, set_policy(skel, id, make_ruleset("/")), 0,
	   "a ruleset is stored");
	is(PROGRAM, found_by(0, COPY, enter_cgroup), IS_ROOT, "and allows");
	is(PROGRAM, set_policy(skel, id, make_ruleset(PUBLIC)), 0,
	   "another one takes its place");
	is(PROGRAM, found_by(0, COPY, enter_cgroup), IS_ROOT | IS_CONFINED,
	   "and denies");
	is(PROGRAM, found_by(0, COPY, NULL), IS_ROOT,
	   "another cgroup is free");
	printf("1..%d\n", tests);
	return 0;
}
