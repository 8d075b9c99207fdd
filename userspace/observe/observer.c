// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The BPF programs that observe which rights processes use
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bpf/learn.h"
#include "features.h"
#include "hash.h"
#include "learn.skel.h"
#include "memory.h"
#include "message.h"
#include "observed.h"
#include "observer.h"
#include "pins.h"
#include "util.h"

/* Milliseconds between two checks whether it goes on. */
#define POLL_MS 100

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = 1;
}

static void handle_signals(void (*handler)(int))
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

void observer_catch_signals(void)
{
	handle_signals(stop);
}

void observer_default_signals(void)
{
	handle_signals(SIG_DFL);
}

static __u64 hash_of(const char *name)
{
	return hash_name(EXECLOCK_HASH_INIT, name, strlen(name));
}

/* Takes the map of the processes under policies, of the set in force. */
static int share_confined(struct bpf_map *map)
{
	const int fd = pins_try(&pins_policies, bpf_map__name(map));
	int err;

	if (fd < 0)
		return p_err("cannot observe the processes of a policy: no policies are in force");
	if (pins_fits(fd, bpf_map__key_size(map), bpf_map__value_size(map)))
		err = bpf_map__reuse_fd(map, fd);
	else
		err = p_err("cannot observe the processes of a policy: another build of execlock loaded the policies in force; run \"execlock load\"");
	close(fd);
	return err;
}

static int set_watch(struct learn_bpf *bpf, const struct observer_watch *watch)
{
	if (!watch)
		return 0;
	if (watch->cgroup)
		bpf->rodata->watched_cgroup =
			hash_path(watch->cgroup, strlen(watch->cgroup));
	if (watch->is_service)
		bpf->rodata->hash_of_executor = hash_of("systemd-executor");
	bpf->rodata->watched_policy = watch->policy;
	return watch->policy ? share_confined(bpf->maps.confined) : 0;
}

struct learn_bpf *observer_start(const struct observer_watch *watch)
{
	struct learn_bpf *const bpf = learn_bpf__open();
	int err;

	if (bpf && set_watch(bpf, watch)) {
		learn_bpf__destroy(bpf);
		return NULL;
	}
	if (!bpf || memory_load(bpf->skeleton)) {
		features_report_refused("learn ...");
		learn_bpf__destroy(bpf);
		return NULL;
	}
	err = learn_bpf__attach(bpf);
	if (!err)
		return bpf;
	p_err("cannot attach the BPF programs: %s", strerror(-err));
	learn_bpf__destroy(bpf);
	return NULL;
}

void observer_stop(struct learn_bpf *bpf)
{
	learn_bpf__destroy(bpf);
}

int observer_mark(const struct learn_bpf *bpf, int pidfd, __u64 exec)
{
	const struct learn_state state = { .exec = exec };

	return bpf_map_update_elem(bpf_map__fd(bpf->maps.tree), &pidfd, &state,
				   BPF_NOEXIST);
}

static bool is_fatal(int err)
{
	return err < 0 && err != -EINTR;
}

int observer_follow(const struct learn_bpf *bpf, struct observed *observed,
		    bool (*goes_on)(struct observed *observed, void *data),
		    void *data)
{
	struct ring_buffer *ring;
	int err;

	ring = ring_buffer__new(bpf_map__fd(bpf->maps.events), observed_event,
				observed, NULL);
	if (!ring)
		return p_err("cannot open the ring buffer: %s",
			     strerror(errno));
	do {
		err = ring_buffer__poll(ring, POLL_MS);
	} while (!is_fatal(err) && goes_on(observed, data) && !stopped);
	if (!is_fatal(err))
		/* The events until the end. */
		err = ring_buffer__consume(ring);
	if (err < 0)
		p_err("cannot read the ring buffer: %s", strerror(-err));
	ring_buffer__free(ring);
	observed->lost += bpf->bss->lost;
	handle_signals(SIG_IGN);
	return err < 0 ? -1 : 0;
}
