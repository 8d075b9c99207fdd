// SPDX-License-Identifier: GPL-2.0-only
/*
 * The function of exec-policy.rst that finds exempt cgroups
 */

#include "doc.h"
#include "is_exempt.skel.h"

#include <bpf/bpf.h>

#define FUNCTION "is_exempt.h"
#define CGROUP "/sys/fs/cgroup/doc-exempt"
#define BELOW CGROUP "/below"
#define USER 1000

static int enter_cgroup(void)
{
	const int fd = open(BELOW "/cgroup.procs", O_WRONLY);

	return fd >= 0 && write(fd, "0", 1) == 1 ? 0 : -1;
}

int main(int argc, char *argv[])
{
	struct is_exempt *skel;
	struct {
		struct file_handle handle;
		__u64 id;
	} found = { .handle.handle_bytes = sizeof(__u64) };
	const __u8 one = 1;
	int mount;

	start(argc, argv);
	make_copy(04755);
	need(!mkdir(CGROUP, 0755) && !mkdir(BELOW, 0755), BELOW);
	need(!name_to_handle_at(AT_FDCWD, CGROUP, &found.handle, &mount, 0),
	     "cannot get the ID of a cgroup");
	skel = is_exempt__open();
	need(skel, "cannot open the BPF program");
	is(FUNCTION, is_exempt__load(skel), 0, "the verifier accepts it");
	need(!is_exempt__attach(skel), "cannot attach it");

	is(FUNCTION, found_by(USER, COPY, enter_cgroup), 0,
	   "no cgroup is exempt at first");
	need(!bpf_map_update_elem(bpf_map__fd(skel->maps.allowed), &found.id,
				  &one, BPF_ANY), "cannot exempt a cgroup");
	is(FUNCTION, found_by(USER, COPY, enter_cgroup), IS_ROOT,
	   "a cgroup below an exempt one is exempt");
	is(FUNCTION, found_by(USER, COPY, NULL), 0, "another one is not");
	printf("1..%d\n", tests);
	return 0;
}
