// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Ask the kernel which policies an exec would be put under
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf/explain.h"
#include "explain.skel.h"
#include "features.h"
#include "loaded.h"
#include "loader.h"
#include "matcher.h"
#include "message.h"
#include "pins.h"

/* Has the program use the maps of the programs that confine. */
static int use_maps(const struct explain_bpf *bpf, const struct attached *set)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, bpf->obj) {
		const char *const name = bpf_map__name(map);
		int fd;

		if (bpf_map__is_internal(map))
			continue;
		fd = attached_map(set, name);
		if (fd < 0)
			return loaded_foreign();
		/* loaded_open() looked at the other ones. */
		if (map == bpf->maps.confined &&
		    !pins_fits(fd, sizeof(int), sizeof(struct execlock_task)))
			return loaded_foreign();
		if (bpf_map__reuse_fd(map, fd))
			return p_err("cannot use the BPF map \"%s\" of the policies: %s",
				     name, strerror(errno));
	}
	return 0;
}

static int load(const struct explain_bpf *bpf)
{
	struct attached set;
	int err;

	err = pins_find(&pins_policies, &set);
	if (err < 0)
		return -1;
	if (!err)
		return p_err("the policies were unloaded meanwhile: try again");
	err = use_maps(bpf, &set);
	attached_close(&set);
	if (err)
		return -1;
	return bpf_object__load_skeleton(bpf->skeleton) ?
	       features_report_refused("explain ...") : 0;
}

int matcher_open(struct matcher *matcher, const struct loaded *loaded,
		 pid_t pid)
{
	matcher->generation = loaded->generation;
	matcher->pid = pid;
	matcher->bpf = explain_bpf__open();
	if (!matcher->bpf)
		return p_err("cannot prepare the BPF program \"explain\": %s",
			     strerror(errno));
	if (load(matcher->bpf))
		return -1;
	if (loaded->header.build != loader_build())
		p_warn("another build of execlock loaded the policies in force, and its programs may decide otherwise: load the policies again");
	matcher->answer = &matcher->bpf->bss->answer;
	return 0;
}

void matcher_begin(const struct matcher *matcher)
{
	memset(&matcher->bpf->bss->answer, 0,
	       sizeof(matcher->bpf->bss->answer));
}

/* Runs the program: as an iterator, which sees this process's files. */
static int run(const struct explain_bpf *bpf)
{
	union bpf_iter_link_info self = { .task.pid = getpid() };
	struct bpf_iter_attach_opts opts;
	struct bpf_link *link;
	char nothing;
	int iter, err;

	/* Also its padding has to be zero. */
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.link_info = &self;
	opts.link_info_len = sizeof(self);
	link = bpf_program__attach_iter(bpf->progs.explain, &opts);
	iter = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	/* It runs while it is read, and has nothing to be read. */
	err = iter < 0 || read(iter, &nothing, sizeof(nothing)) < 0 ?
	      -errno : 0;
	if (iter >= 0)
		close(iter);
	bpf_link__destroy(link);
	return err;
}

int matcher_ask(const struct matcher *matcher, int fd, size_t number)
{
	struct explain_bpf__bss *const bss = matcher->bpf->bss;
	int err;

	bss->request = (struct explain_request){
		.pid = matcher->pid,
		.fd = fd,
		.file = number,
	};
	/* Unless the program finds the file. */
	bss->answer.error = -EBADF;
	err = run(matcher->bpf) ?: bss->answer.error;
	if (!err && bss->answer.task.exec.generation != matcher->generation)
		err = -EAGAIN;
	return err;
}

int matcher_add_file(const struct matcher *matcher, int fd, size_t number,
		     const char *name)
{
	const int err = matcher_ask(matcher, fd, number);

	switch (err) {
	case 0:
		return 0;
	case -EAGAIN:
		return p_err("other policies were loaded meanwhile: try again");
	case -ESRCH:
		return p_err("process %d has ended", matcher->pid);
	case -ELOOP:
		return p_err("cannot execute %s: %s (it is below more than %d directories, and a policy in question names a directory)",
			     name, strerror(ELOOP), EXECLOCK_DEPTH);
	default:
		return p_err("cannot determine which policies %s has: %s", name,
			     strerror(-err));
	}
}

void matcher_close(const struct matcher *matcher)
{
	explain_bpf__destroy(matcher->bpf);
}
