// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities tests - A sequence, run by processes and by the model
 *
 * Copyright © 2026 The execlock authors
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "userns_fuzz.h"

#define MASK_FILE "/proc/sys/kernel/cap_bound_userns_mask"

static const char *const user_names[] = {
	[USER_ROOT] = "root",
	[USER_A] = "user A",
	[USER_B] = "user B",
	[NO_USER] = "nobody",
};

static __printf(2, 3) int
differ(struct run *const run, const char *const format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(run->why, sizeof(run->why), format, args);
	va_end(args);
	return -1;
}

static __printf(2, 3) void
say(const struct run *const run, const char *const format, ...)
{
	va_list args;

	if (!run->verbose)
		return;

	printf("#   ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* The value of one line of /proc/PID/status. */
static __u64 value_of(const char *const status, const char *const name,
		      const int base)
{
	const char *const line = strstr(status, name);

	return line ? strtoull(line + strlen(name), NULL, base) : ~0ULL;
}

static int compare_value(struct run *const run, const int proc,
			 const char *const name, const __u64 kernel,
			 const __u64 model)
{
	if (kernel == model)
		return 0;
	return differ(run, "%s of process %d: kernel %llx, model %llx", name,
		      proc, kernel,
		      model);
}

/* Compares all that /proc shows of a process. */
static int compare_status(struct run *const run, const int proc)
{
	const struct model_proc *const model = &run->model.procs[proc];
	const struct {
		const char *name;
		int base;
		__u64 model;
	} values[] = {
		{ "CapInh:", 16, model->inh },
		{ "CapPrm:", 16, model->prm },
		{ "CapEff:", 16, model->eff },
		{ "CapBnd:", 16, model->bnd },
		{ "CapAmb:", 16, model->amb },
		{ "CapUNs:", 16, model->uns },
		{ "NoNewPrivs:", 10, model->nnp },
		{ "Uid:", 10, uids[model->uid] },
	};
	char status[4096], *euid;
	const ssize_t len = pread(run->actors[proc].status, status,
				  sizeof(status) - 1, 0);

	if (len <= 0)
		return differ(run, "process %d died", proc);

	status[len] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (compare_value(run, proc, values[i].name,
				  value_of(status, values[i].name,
					   values[i].base),
				  values[i].model))
			return -1;

	euid = strstr(status, "Uid:");
	strtoul(euid + 4, &euid, 10);
	return compare_value(run, proc, "effective Uid", strtoul(euid, NULL, 10),
			     uids[model->euid]);
}

static int compare_answer(struct run *const run, const int proc,
			  const struct answer *const answer, const int expected)
{
	if (answer->result != expected)
		return differ(run, "result of process %d: kernel %d, model %d",
			      proc, answer->result, expected);
	return compare_value(run, proc, "securebits", answer->secbits,
			     run->model.procs[proc].secbits);
}

/* Lets a process do something, and compares its result and its state. */
static int perform(struct run *const run, const int proc,
		   const struct order *const order, const int with_fd,
		   const int expected)
{
	struct answer answer;

	if (actor_order(&run->actors[proc], order, with_fd, &answer))
		return differ(run, "process %d died", proc);
	if (compare_answer(run, proc, &answer, expected))
		return -1;
	return compare_status(run, proc);
}

/* Same, for an operation whose result is a process. */
static int perform_adopt(struct run *const run, const int proc,
			 const enum order_kind kind, const int expected)
{
	const struct order order = { .kind = kind };
	const int child = expected ? run->model.num_procs :
				     run->model.num_procs - 1;
	struct answer answer;

	if (actor_adopt(&run->actors[proc], &order, &run->actors[child],
			&answer))
		return differ(run, "process %d died", proc);
	if (answer.result > 0)
		answer.result = 0;
	if (compare_answer(run, proc, &answer, expected) ||
	    compare_status(run, proc))
		return -1;
	if (!expected)
		return compare_status(run, child);

	actor_forget(&run->actors[child]);
	return 0;
}

static int begin(struct run *const run, const enum model_user user,
		 const __u64 permitted)
{
	const int proc = run->model.num_procs;
	const struct order order = {
		.kind = ORDER_BEGIN,
		.args = { uids[user], permitted },
	};

	say(run, "process %d is %s and has the capabilities %llx", proc,
	    user_names[user], permitted);
	model_begin(&run->model, user, permitted);
	if (actor_start(&run->actors[proc]))
		return differ(run, "no process %d", proc);
	return perform(run, proc, &order, -1, 0);
}

static int write_file(const char *const path, const char *const text)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -1;
	if (write(fd, text, strlen(text)) < 0)
		err = -1;
	close(fd);
	return err;
}

/* All users get an ID in a user namespace that is not nested. */
static int map_all(struct run *const run, const int proc,
		   const enum model_user root)
{
	const int pid = run->actors[proc].pid;
	char path[64], text[64];

	say(run, "  in which %s is root, and the other users are others",
	    user_names[root]);
	snprintf(text, sizeof(text), "0 %u 1\n1 %u 1\n2 %u 1\n", uids[root],
		 uids[(root + 1) % NUM_USERS], uids[(root + 2) % NUM_USERS]);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	if (write_file(path, text))
		return differ(run, "cannot write %s: %s", path,
			      strerror(errno));

	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	snprintf(text, sizeof(text), "0 %u 1\n", GID);
	if (write_file(path, text))
		return differ(run, "cannot write %s: %s", path,
			      strerror(errno));

	model_map_all(&run->model, run->model.procs[proc].space, root);
	return 0;
}

/* The ID of a user in a user namespace. */
static unsigned int id_in(const struct model *const model, const int space,
			  const enum model_user user)
{
	const enum model_user root = model->spaces[space].root;

	if (space == MODEL_INIT)
		return uids[user];
	return (user + NUM_USERS - root) % NUM_USERS;
}

/* The owner gets an ID there, which takes capabilities. */
static int map_owner(struct run *const run, const int proc)
{
	struct model *const model = &run->model;
	const int space = model->procs[proc].space;
	const int parent = model->spaces[space].parent;
	const struct order order = {
		.kind = ORDER_MAP,
		.args = {
			id_in(model, parent, model->spaces[space].owner),
			parent == MODEL_INIT ? GID : 0,
		},
	};

	say(run, "  in which process %d makes %s root", proc,
	    user_names[model->spaces[space].owner]);
	return perform(run, proc, &order, -1,
		       model_map(model, &model->procs[proc]));
}

/* Follows the creation of a user namespace by or for a process. */
static int settle(struct run *const run, const int proc,
		  const unsigned int choice)
{
	const int space = run->model.procs[proc].space;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", run->actors[proc].pid);
	run->spaces[space] = open(path, O_RDONLY | O_CLOEXEC);
	if (run->spaces[space] < 0)
		return differ(run, "cannot open %s: %s", path, strerror(errno));

	say(run, "  process %d is in user namespace %d", proc, space);
	if (run->model.spaces[space].parent == MODEL_INIT && choice % 4)
		return map_all(run, proc, choice % 4 - 1);
	return map_owner(run, proc);
}

static int answers(const struct model *const model, const int proc,
		   const int other)
{
	const struct model_proc *const p = &model->procs[proc];
	const struct model_proc *const o = &model->procs[other];

	return (model_may_kill(model, p, o) ? MAY_KILL : 0) |
	       (model_may_see_limits(model, p, o) ? MAY_SEE_LIMITS : 0) |
	       (model_may_renice(model, p, o) ? MAY_RENICE : 0) |
	       (model_may_inspect(model, p, o) ? MAY_INSPECT : 0) |
	       (model_has(model, p, o->space, CAP_SYS_ADMIN) ?
			MAY_CHANGE_SPACE : 0) |
	       (model_has(model, p, p->space, CAP_SETPCAP) ? MAY_SET_PCAPS : 0);
}

/* Compares what a process may do with another one. */
static int ask(struct run *const run, const int proc, const int other)
{
	const struct model_proc *const procs = run->model.procs;
	const struct order order = {
		.kind = ORDER_ASK,
		.args = { run->actors[other].pid },
	};
	int expected = answers(&run->model, proc, other);
	struct answer answer;

	if (proc == other)
		return 0;
	if (actor_order(&run->actors[proc], &order, -1, &answer))
		return differ(run, "process %d died", proc);

	/* Another user may not open the file, whatever the capability. */
	if (procs[proc].euid != procs[other].euid) {
		answer.result &= ~MAY_CHANGE_SPACE;
		expected &= ~MAY_CHANGE_SPACE;
	}
	if (answer.result != expected)
		return differ(run, "process %d may %x with process %d, model %x",
			      proc, answer.result, other, expected);
	return compare_answer(run, proc, &answer, answer.result);
}

static int ask_all(struct run *const run)
{
	for (int i = 0; i < run->model.num_procs; i++)
		for (int j = 0; j < run->model.num_procs; j++)
			if (ask(run, i, j))
				return -1;
	return 0;
}

static int do_userns(struct run *const run, const int proc,
		     const struct step *const step)
{
	static const struct {
		const char *name;
		int op;
	} ops[] = {
		[STEP_LOWER] = { "lowers", PR_CAP_USERNS_LOWER },
		[STEP_RAISE] = { "raises", PR_CAP_USERNS_RAISE },
		[STEP_CLEAR_ALL] = { "clears", PR_CAP_USERNS_CLEAR_ALL },
	};
	const int op = ops[step->kind].op;
	const struct order order = {
		.kind = ORDER_USERNS,
		.args = { op, step->kind == STEP_CLEAR_ALL ? 0 : step->cap },
	};

	say(run, "process %d %s %d in its set for user namespaces", proc,
	    ops[step->kind].name, step->cap);
	return perform(run, proc, &order, -1,
		       model_userns(&run->model, &run->model.procs[proc], op,
				    step->cap));
}

static int do_capset(struct run *const run, const int proc,
		     const struct step *const step)
{
	struct model_proc *const p = &run->model.procs[proc];
	const __u64 bit = MODEL_BIT(step->cap);
	__u64 inh = p->inh, prm = p->prm, eff = p->eff;

	switch (step->choice % 7) {
	case 0:
		eff &= ~bit;
		break;
	case 1:
		eff &= ~bit;
		prm &= ~bit;
		break;
	case 2:
		inh |= bit;
		break;
	case 3:
		inh = prm;
		break;
	case 4:
		inh &= ~bit;
		break;
	case 5:
		prm |= bit;
		break;
	case 6:
		eff = prm;
		break;
	}
	say(run, "process %d sets I %llx P %llx E %llx", proc, inh, prm, eff);
	return perform(run, proc,
		       &(struct order){
			       .kind = ORDER_CAPSET,
			       .args = { inh, prm, eff },
		       },
		       -1, model_capset(&run->model, p, inh, prm, eff));
}

static int do_securebits(struct run *const run, const int proc,
			 const struct step *const step)
{
	static const unsigned int changes[] = {
		SECBIT_USERNS_STRICT_CAPS,
		SECBIT_USERNS_STRICT_CAPS,
		SECBIT_USERNS_STRICT_CAPS_LOCKED,
		SECBIT_NOROOT,
		SECBIT_NOROOT_LOCKED,
		SECBIT_NO_CAP_AMBIENT_RAISE,
		1 << 8,
		0,
	};
	struct model_proc *const p = &run->model.procs[proc];
	const unsigned int secbits =
		p->secbits ^ changes[step->choice % ARRAY_SIZE(changes)];

	say(run, "process %d sets its securebits to %x", proc, secbits);
	return perform(run, proc,
		       &(struct order){
			       .kind = ORDER_SECUREBITS,
			       .args = { secbits },
		       },
		       -1, model_set_securebits(&run->model, p, secbits));
}

static int do_exec(struct run *const run, const int proc,
		   const struct step *const step)
{
	const unsigned int i = step->choice % NUM_PROGRAMS;

	say(run, "process %d executes %s", proc, programs[i].name);
	return perform(run, proc,
		       &(struct order){
			       .kind = ORDER_EXEC,
			       .args = { 'a' + i },
		       },
		       -1,
		       model_exec(&run->model, &run->model.procs[proc],
				  &programs[i].file));
}

static int do_setns(struct run *const run, const int proc,
		    const struct step *const step)
{
	const int space = step->other % run->model.num_spaces;

	say(run, "process %d joins user namespace %d", proc, space);
	return perform(run, proc, &(struct order){ .kind = ORDER_SETNS },
		       run->spaces[space],
		       model_setns(&run->model, &run->model.procs[proc],
				   space));
}

static int do_unshare(struct run *const run, const int proc,
		      const struct step *const step)
{
	const struct order order = { .kind = ORDER_UNSHARE };
	int expected;

	if (run->model.num_spaces == MODEL_MAX_SPACES)
		return 0;

	say(run, "process %d creates a user namespace", proc);
	expected = model_unshare(&run->model, &run->model.procs[proc]);
	if (perform(run, proc, &order, -1, expected))
		return -1;
	return expected ? 0 : settle(run, proc, step->choice);
}

static int do_clone(struct run *const run, const int proc,
		    const struct step *const step)
{
	int expected;

	if (run->model.num_procs == MODEL_MAX_PROCS ||
	    run->model.num_spaces == MODEL_MAX_SPACES)
		return 0;

	say(run, "process %d creates process %d in a user namespace", proc,
	    run->model.num_procs);
	expected = model_clone(&run->model, &run->model.procs[proc]);
	if (perform_adopt(run, proc, ORDER_CLONE, expected))
		return -1;
	return expected ? 0 : settle(run, run->model.num_procs - 1,
				     step->choice);
}

static int do_fork(struct run *const run, const int proc)
{
	if (run->model.num_procs == MODEL_MAX_PROCS)
		return 0;

	say(run, "process %d creates process %d", proc, run->model.num_procs);
	return perform_adopt(run, proc, ORDER_FORK,
			     model_fork(&run->model, &run->model.procs[proc]));
}

static int do_clear_mask(struct run *const run, const struct step *const step)
{
	char text[32];

	say(run, "the administrator clears %d of the mask", step->cap);
	model_clear_mask(&run->model, step->cap);
	snprintf(text, sizeof(text), "%llx",
		 run->model.mask);
	return write_file(MASK_FILE, text) ?
		       differ(run, "cannot write the mask: %s",
			      strerror(errno)) :
		       0;
}

static int do_step(struct run *const run, const struct step *const step)
{
	struct model *const model = &run->model;
	const int proc = step->proc % model->num_procs;
	struct model_proc *const p = &model->procs[proc];
	struct order order = { .args = { step->cap } };

	switch (step->kind) {
	case STEP_LOWER:
	case STEP_RAISE:
	case STEP_CLEAR_ALL:
		return do_userns(run, proc, step);
	case STEP_DROP_BOUNDING:
		say(run, "process %d drops %d from its bounding set", proc,
		    step->cap);
		order.kind = ORDER_DROP_BOUNDING;
		return perform(run, proc, &order, -1,
			       model_drop_bounding(model, p, step->cap));
	case STEP_RAISE_AMBIENT:
		say(run, "process %d raises %d in its ambient set", proc,
		    step->cap);
		order.kind = ORDER_RAISE_AMBIENT;
		return perform(run, proc, &order, -1,
			       model_raise_ambient(p, step->cap));
	case STEP_NO_NEW_PRIVS:
		say(run, "process %d sets no_new_privs", proc);
		order.kind = ORDER_NO_NEW_PRIVS;
		return perform(run, proc, &order, -1, model_no_new_privs(p));
	case STEP_CAPSET:
		return do_capset(run, proc, step);
	case STEP_SECUREBITS:
		return do_securebits(run, proc, step);
	case STEP_FORK:
		return do_fork(run, proc);
	case STEP_UNSHARE:
		return do_unshare(run, proc, step);
	case STEP_CLONE:
		return do_clone(run, proc, step);
	case STEP_SETNS:
		return do_setns(run, proc, step);
	case STEP_EXEC:
		return do_exec(run, proc, step);
	case STEP_ASK:
		return ask(run, proc, step->other % model->num_procs);
	case STEP_CLEAR_MASK:
		return do_clear_mask(run, step);
	default:
		return 0;
	}
}

__u64 read_mask(void)
{
	char text[32] = {};
	const int fd = open(MASK_FILE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return MODEL_ALL_CAPS;
	close(fd);
	return strtoull(text, NULL, 16);
}

static void clean_up(struct run *const run)
{
	for (int i = 0; i < MODEL_MAX_PROCS; i++)
		actor_forget(&run->actors[i]);
	for (int i = 0; i < MODEL_MAX_SPACES; i++)
		if (run->spaces[i] >= 0)
			close(run->spaces[i]);
	/* Those of dead processes are ours too. */
	while (wait(NULL) > 0)
		;
}

/* Returns 0 if the kernel and the model agree, and -1 else. */
int run_sequence(struct run *const run, const struct sequence *const seq,
		 const bool verbose)
{
	int err = 0;

	model_init(&run->model, read_mask());
	run->verbose = verbose;
	run->why[0] = '\0';
	for (int i = 0; i < MODEL_MAX_PROCS; i++)
		run->actors[i] = (struct actor){ .fd = -1, .status = -1 };
	for (int i = 0; i < MODEL_MAX_SPACES; i++)
		run->spaces[i] = -1;
	run->spaces[MODEL_INIT] = open("/proc/self/ns/user",
				       O_RDONLY | O_CLOEXEC);

	for (int i = 0; i < 2 && !err; i++)
		err = begin(run, seq->users[i], seq->caps[i]);
	for (int i = 0; i < seq->num && !err; i++)
		err = do_step(run, &seq->steps[i]);
	for (int i = 0; i < run->model.num_procs && !err; i++)
		err = compare_status(run, i);
	if (!err)
		err = ask_all(run);
	clean_up(run);
	return err;
}
