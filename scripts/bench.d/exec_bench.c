// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: exec_bench [-s] prepare
 *        exec_bench [OPTION]... ROAD[/RULES[/PARENT]]
 *        exec_bench [OPTION]... command COMMAND [ARG...]
 *
 * Prepare the machine (with -s if anything will be measured with -s).
 * Measure what it costs to start a program in a sandbox, in instructions.
 *
 * ROAD is the way in which the program gets into its sandbox, whose policy has
 * RULES rules (default 1).  This happens in a domain with PARENT rules, if any.
 *
 *	plain       no sandbox
 *	restrict    the child restricts itself before the exec
 *	restrict-4  the same four times: a domain of four layers
 *	restrict-16 the same sixteen times
 *	permissive  the child restricts itself with a permissive layer
 *	places      the child restricts itself, with RULES places
 *	wrapper     a program builds the ruleset, restricts itself, executes
 *	exectime    the child stages an existing ruleset for the exec
 *	inherited   the parent staged the ruleset, once
 *	unmatched   a BPF program is attached and has nothing to do
 *	map         a BPF program stages a ruleset from a map of rulesets
 *	kptr        a BPF program stages a ruleset from any map
 *	live        a BPF program stages a policy that can be replaced
 *	nnp         a BPF program stages no_new_privs
 *	exec-nnp    a BPF program lets the exec gain no privileges
 *	command     COMMAND with its arguments, which executes /bench/target
 *
 *   -w WHAT   exec (default): vfork, exec and wait
 *             exit: the end of the program, from when it asks for it
 *             open: open and close a file in the sandbox
 *             memory: of the kernel, for a process in the sandbox, in bytes
 *             update: store the ruleset in the map (ROAD is map)
 *   -a NAME   name the result so, instead of ROAD[/RULES[/PARENT]]
 *   -b COUNT  samples to take (default 5)
 *   -n COUNT  times to do it for each sample (default: as many as it takes)
 *   -q        the command prints nothing: the console waits for the host, and
 *             how many instructions that takes depends on the host
 *   -s        the command sleeps
 *   -u        do not try whether the command makes a sandbox
 *   -P        tell QEMU's plugin when the measure begins and ends, and print
 *             the symbols of BPF programs
 *
 * A result is a line: WHAT, NAME, how many times, cost of each, and how much of
 * it came later, separated by tabs.  For memory it is WHAT, NAME, number of
 * processes, what the control group is charged for the kernel and for its slabs,
 * and what is in use in all slabs, for each process.
 */

#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"
#include "memory.h"
#include "policy.h"
#include "stage.h"
#include "target.h"

#define TARGET "/bench/target"
#define WRAPPER "/bench/wrapper"

/* Processes that are there at the same time to have their memory counted. */
#define NUM_HELD 1000

enum what {
	WHAT_EXEC,
	WHAT_EXIT,
	WHAT_OPEN,
	WHAT_MEMORY,
	WHAT_UPDATE,
};

static const char *const what_names[] = {
	[WHAT_EXEC] = "exec",	  [WHAT_EXIT] = "exit",
	[WHAT_OPEN] = "open",	  [WHAT_MEMORY] = "memory",
	[WHAT_UPDATE] = "update",
};

struct bench;

/**
 * struct road - A way into a sandbox
 *
 * @name: For the command line and the results.
 * @setup: Called once, before anything is executed, or NULL.
 * @stage: For @setup, if this is about a BPF program.
 * @child: Called in the child before the exec, or NULL.  Returns 0 or -errno.
 * @layers: How many layers @child makes, if it restricts itself.
 * @flags: Flags with which it does.
 * @places: Whether the rules are for places.
 * @denies: Whether what is executed is in a domain.
 * @nnp: Whether what is executed has no_new_privs.
 * @bpf: Whether a BPF program counts executions.
 */
struct road {
	const char *name;
	void (*setup)(struct bench *bench);
	enum stage_road stage;
	int (*child)(const struct bench *bench);
	unsigned int layers;
	__u32 flags;
	bool places;
	bool denies;
	bool nnp;
	bool bpf;
};

/**
 * struct bench - One thing to measure
 *
 * @plan: How.
 * @what: What.
 * @road: The way into the sandbox.
 * @name: Of the result.
 * @rules: Size of the policy.
 * @parent: Size of the policy of the domain around it, or 0.
 * @ruleset_fd: The policy.
 * @argv: What is executed; the last argument but one is for the target.
 * @argument: Place in @argv of the target's argument.
 * @shared: Written to by the target.
 * @execs: How many times it was executed.
 * @unchecked: Whether there is no target to ask for what it may do.
 */
struct bench {
	struct plan plan;
	enum what what;
	const struct road *road;
	char *name;
	unsigned int rules;
	unsigned int parent;
	int ruleset_fd;
	char **argv;
	size_t argument;
	const struct shared *shared;
	unsigned long long execs;
	bool unchecked;
};

static void setup_wrapper(struct bench *bench)
{
	static char rules[16];
	static char *argv[] = { WRAPPER, rules, TARGET, NULL, NULL };

	snprintf(rules, sizeof(rules), "%u", bench->rules);
	bench->argv = argv;
	bench->argument = 3;
}

static void setup_inherited(struct bench *bench)
{
	if (landlock_restrict_self(bench->ruleset_fd,
				   LANDLOCK_RESTRICT_SELF_EXECTIME))
		err(1, "cannot stage a ruleset");
}

static void setup_unmatched(struct bench *bench)
{
	stage_attach(bench->road->stage, NULL, bench->ruleset_fd);
	stage_leave(bench->ruleset_fd);
}

static void setup_bpf(struct bench *bench)
{
	stage_attach(bench->road->stage, TARGET, bench->ruleset_fd);
	if (bench->what != WHAT_UPDATE)
		stage_leave(bench->ruleset_fd);
}

static int restrict_child(const struct bench *bench)
{
	for (unsigned int i = 0; i < bench->road->layers; i++) {
		if (landlock_restrict_self(bench->ruleset_fd,
					   bench->road->flags))
			return -errno;
	}
	return 0;
}

static int stage_child(const struct bench *bench)
{
	return landlock_restrict_self(bench->ruleset_fd,
				      LANDLOCK_RESTRICT_SELF_EXECTIME) ?
		       -errno :
		       0;
}

static const struct road roads[] = {
	{ .name = "plain" },
	{ .name = "restrict", .child = restrict_child, .layers = 1,
	  .denies = true },
	{ .name = "restrict-4", .child = restrict_child, .layers = 4,
	  .denies = true },
	{ .name = "restrict-16", .child = restrict_child, .layers = 16,
	  .denies = true },
	{ .name = "permissive", .child = restrict_child, .layers = 1,
	  .flags = LANDLOCK_RESTRICT_SELF_PERMISSIVE },
	{ .name = "places", .child = restrict_child, .layers = 1,
	  .places = true, .denies = true },
	{ .name = "wrapper", .setup = setup_wrapper, .denies = true },
	{ .name = "exectime", .child = stage_child, .denies = true },
	{ .name = "inherited", .setup = setup_inherited, .denies = true },
	{ .name = "unmatched", .setup = setup_unmatched, .stage = STAGE_MAP },
	{ .name = "map", .setup = setup_bpf, .stage = STAGE_MAP,
	  .denies = true, .bpf = true },
	{ .name = "kptr", .setup = setup_bpf, .stage = STAGE_KPTR,
	  .denies = true, .bpf = true },
	{ .name = "live", .setup = setup_bpf, .stage = STAGE_LIVE,
	  .denies = true, .bpf = true },
	{ .name = "nnp", .setup = setup_bpf, .stage = STAGE_NNP,
	  .nnp = true, .bpf = true },
	{ .name = "exec-nnp", .setup = setup_bpf, .stage = STAGE_EXEC_NNP,
	  .bpf = true },
};

/* Whether a command sets no_new_privs is its own business. */
static const struct road command_road = { .name = "command", .denies = true };

/*
 * Starts the program.  It gets no environment, and the parent's memory until
 * it is there.
 */
static pid_t spawn(const struct bench *bench)
{
	char *const environment[] = { NULL };
	pid_t pid;

	pid = vfork();
	if (pid)
		return pid < 0 ? -errno : pid;

	if (bench->road->child && bench->road->child(bench))
		_exit(125);
	execve(bench->argv[0], bench->argv, environment);
	_exit(127);
}

/* Returns 0, -errno, or the exit status. */
static int await(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

static int run(struct bench *bench)
{
	const pid_t pid = spawn(bench);

	if (pid < 0)
		return pid;
	bench->execs++;
	return await(pid);
}

static int do_exec(struct work *work)
{
	return run(work->data) ? -ECHILD : 0;
}

static int do_exit(struct work *work)
{
	struct bench *const bench = work->data;
	const uint64_t begin = instructions();
	const int ret = do_exec(work);

	work->ignored += bench->shared->start - begin;
	return ret;
}

static int do_update(struct work *work)
{
	const struct bench *const bench = work->data;
	const uint64_t begin = instructions();

	/* It is only copied again if it changed. */
	policy_change(bench->ruleset_fd);
	work->ignored += instructions() - begin;
	return stage_update(bench->ruleset_fd);
}

/* Whether the target is what and where it should be, or the figures are void. */
static void check(struct bench *bench)
{
	int status;

	bench->argv[bench->argument] = "denied";
	status = run(bench);
	if (status != !bench->road->denies)
		errx(1, "%s: the executed program should%s be in a sandbox, but its status is %d",
		     bench->name, bench->road->denies ? "" : " not", status);
	bench->argv[bench->argument] = "nnp";
	status = run(bench);
	if (bench->road != &command_road && status != !bench->road->nnp)
		errx(1, "%s: the executed program should%s have no_new_privs, but its status is %d",
		     bench->name, bench->road->nnp ? "" : " not", status);
	bench->argv[bench->argument] = NULL;
}

/* Whether the BPF program did what was measured. */
static void check_hits(const struct bench *bench)
{
	if (bench->road->bpf && stage_hits() != bench->execs)
		errx(1, "%s: the BPF program staged for %llu of %llu executions",
		     bench->name, stage_hits(), bench->execs);
}

/* The BPF programs come and go, unlike what System.map has. */
static void print_symbols(void)
{
	FILE *const file = fopen("/proc/kallsyms", "re");
	char line[512];

	if (!file)
		err(1, "/proc/kallsyms");
	while (fgets(line, sizeof(line), file))
		if (strstr(line, "[bpf]") || strstr(line, "bpf_trampoline_"))
			printf("symbol\t%s", line);
	fclose(file);
}

static void print_sample(const struct sample *sample, void *data)
{
	const struct bench *const bench = data;

	printf("%s\t%s\t%u\t%.1f\t%.1f\n", what_names[bench->what],
	       bench->name, sample->count, sample->cost, sample->deferred);
	fflush(stdout);
}

static void measure_time(struct bench *bench)
{
	struct work work = { .data = bench, .run = do_exec };

	if (bench->what == WHAT_UPDATE) {
		if (bench->road->stage != STAGE_MAP || !bench->road->bpf)
			errx(2, "only map has a map to update");
		work.run = do_update;
	} else if (bench->what == WHAT_EXIT) {
		bench->argv[bench->argument] = "exit";
		work.run = do_exit;
	}
	measure(&bench->plan, &work, print_sample, bench);
	if (bench->what != WHAT_UPDATE)
		check_hits(bench);
}

/* The target measures, so that only what is within the sandbox counts. */
static void measure_opens(struct bench *bench)
{
	const struct timespec second = { .tv_sec = 1 };

	bench->argv[bench->argument] = "open";
	for (unsigned int i = 0; i < bench->plan.batches; i++) {
		const struct sample sample = { .count = NUM_OPENS };

		/* The end of the former domain shall not be counted. */
		nanosleep(&second, NULL);
		if (run(bench))
			errx(1, "%s: the executed program fails", bench->name);
		printf("%s\t%s\t%u\t%.1f\t0\n", what_names[bench->what],
		       bench->name, sample.count,
		       (double)bench->shared->opens / sample.count);
	}
	check_hits(bench);
}

static void measure_memory(struct bench *bench)
{
	const struct timespec second = { .tv_sec = 1 };
	struct memory before, after;
	pid_t pids[NUM_HELD];

	bench->argv[bench->argument] = "hold";
	/* What the first ones need, stays for those who come after them. */
	for (unsigned int i = 0; i <= bench->plan.batches; i++) {
		nanosleep(&second, NULL);
		memory_read(&before);
		for (size_t p = 0; p < NUM_HELD; p++) {
			pids[p] = spawn(bench);
			if (pids[p] < 0)
				errx(1, "%s: vfork: %s", bench->name,
				     strerror(-pids[p]));
			bench->execs++;
		}
		nanosleep(&second, NULL);
		memory_read(&after);
		for (size_t p = 0; p < NUM_HELD; p++)
			if (kill(pids[p], SIGKILL) ||
			    await(pids[p]) != -EINTR)
				errx(1, "%s: an executed program did not stay",
				     bench->name);
		if (!i)
			continue;
		printf("%s\t%s\t%d\t%.1f\t%.1f\t%.1f\n",
		       what_names[bench->what], bench->name, NUM_HELD,
		       (double)(after.kernel - before.kernel) / NUM_HELD,
		       (double)(after.slab - before.slab) / NUM_HELD,
		       (double)(after.objects - before.objects) / NUM_HELD);
		fflush(stdout);
	}
	check_hits(bench);
}

static const struct shared *make_shared(void)
{
	const struct shared *shared;
	const int fd = memfd_create("bench", 0);

	/* Inherited by what is executed. */
	if (fd < 0 || ftruncate(fd, sizeof(*shared)) ||
	    (fd != SHARED_FD && (dup2(fd, SHARED_FD) < 0 || close(fd))))
		err(1, "cannot make a file in memory");
	shared = mmap(NULL, sizeof(*shared), PROT_READ, MAP_SHARED, SHARED_FD,
		      0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	return shared;
}

/* Restricts this process, without no_new_privs since it is privileged. */
static void enter_parent(unsigned int rules)
{
	const int fd = policy_ruleset(rules);

	if (landlock_restrict_self(fd, 0))
		err(1, "cannot enforce the parent's ruleset");
	close(fd);
}

static void bench_run(struct bench *bench)
{
	static char *argv[] = { TARGET, NULL, NULL };

	bench->shared = make_shared();
	if (!bench->argv) {
		bench->argv = argv;
		bench->argument = 1;
	}
	bench->ruleset_fd = bench->road->places ?
				    policy_places(bench->rules) :
				    policy_ruleset(bench->rules);
	if (bench->what == WHAT_MEMORY)
		memory_enter();
	if (bench->parent)
		enter_parent(bench->parent);
	if (bench->road->setup)
		bench->road->setup(bench);

	/* In a domain with a parent, writing is denied anyway. */
	if (!bench->parent && !bench->unchecked)
		check(bench);
	switch (bench->what) {
	case WHAT_MEMORY:
		measure_memory(bench);
		return;
	case WHAT_OPEN:
		measure_opens(bench);
		return;
	default:
		break;
	}
	measure_init(&bench->plan);
	measure_time(bench);
	if (bench->plan.profile)
		print_symbols();
}

/* What is executed has no standard output, unlike this process. */
static void be_quiet(void)
{
	const int own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC,
			      SHARED_FD + 1);
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (own < 0 || null < 0 || dup2(null, STDOUT_FILENO) < 0)
		err(1, "cannot turn off the output");
	stdout = fdopen(own, "w");
	if (!stdout)
		err(1, "fdopen");
}

static void usage(void)
{
	fputs("usage: exec_bench [-w WHAT] [-a NAME] [-b COUNT] [-n COUNT] [-q] [-s] [-u] [-P] ROAD[/RULES[/PARENT]]\n"
	      "       exec_bench [OPTION]... command COMMAND [ARG...]\n"
	      "       exec_bench [-s] prepare\n", stderr);
	exit(2);
}

static enum what parse_what(const char *name)
{
	for (size_t i = 0; i < sizeof(what_names) / sizeof(what_names[0]); i++)
		if (!strcmp(name, what_names[i]))
			return i;
	errx(2, "-w %s: there is nothing of this name to measure", name);
}

static const struct road *find_road(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(roads) / sizeof(roads[0]); i++)
		if (strlen(roads[i].name) == length &&
		    !memcmp(roads[i].name, name, length))
			return &roads[i];
	errx(2, "%s: there is no such road", name);
}

static unsigned int parse_count(const char *text, unsigned int max)
{
	char *end;
	const unsigned long count = strtoul(text, &end, 10);

	if (!*text || (*end && *end != '/') || !count || count > max)
		errx(2, "%s: a number from 1 to %u was expected", text, max);
	return count;
}

/* ROAD[/RULES[/PARENT]] */
static void parse_row(struct bench *bench, char *row)
{
	const char *rules = strchrnul(row, '/'), *parent;

	bench->road = find_road(row, rules - row);
	if (!bench->name)
		bench->name = row;
	if (!*rules)
		return;
	bench->rules = parse_count(rules + 1, MAX_RULES);
	parent = strchr(rules + 1, '/');
	if (parent)
		bench->parent = parse_count(parent + 1, MAX_RULES);
}

/* The command's arguments, and room for the target's. */
static void parse_command(struct bench *bench, int argc, char **argv)
{
	char **const command = calloc(argc + 2, sizeof(*command));

	if (!argc)
		errx(2, "which command?");
	if (!command)
		err(1, "calloc");
	memcpy(command, argv, argc * sizeof(*command));
	bench->argv = command;
	bench->argument = argc;
	if (!bench->name)
		bench->name = argv[0];
}

int main(int argc, char **argv)
{
	struct bench bench = {
		.plan.batches = 5,
		.rules = 1,
	};
	int option;

	while ((option = getopt(argc, argv, "+w:a:b:n:qsuP")) != -1) {
		switch (option) {
		case 'w':
			bench.what = parse_what(optarg);
			break;
		case 'a':
			bench.name = optarg;
			break;
		case 'b':
			bench.plan.batches = parse_count(optarg, 1000);
			break;
		case 'n':
			bench.plan.count = parse_count(optarg, 1000000);
			break;
		case 'q':
			be_quiet();
			break;
		case 's':
			bench.plan.idles = true;
			break;
		case 'u':
			bench.unchecked = true;
			break;
		case 'P':
			bench.plan.profile = true;
			break;
		default:
			usage();
		}
	}
	argc -= optind;
	argv += optind;
	if (!argc)
		usage();
	if (!strcmp(argv[0], "prepare")) {
		policy_prepare();
		measure_calibrate(&bench.plan);
		return 0;
	}
	if (!strcmp(argv[0], "command")) {
		bench.road = &command_road;
		parse_command(&bench, argc - 1, argv + 1);
	} else if (argc == 1) {
		parse_row(&bench, argv[0]);
	} else {
		usage();
	}
	bench_run(&bench);
	return 0;
}
