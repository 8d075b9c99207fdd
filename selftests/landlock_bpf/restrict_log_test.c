// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Rulesets staged by BPF programs: trace events and denials
 */

#include "landlock_bpf.h"
#include "stage_progs.h"
#include "exectime_trace.h"

/* Trace events. */
FIXTURE(events)
{
	bool available;
	struct stage *skel;
};

FIXTURE_VARIANT(events)
{
	const struct staging staging;
	/* As told by tell_events(). */
	const char *events;
	/*
	 * Slots of the rulesets that the enforced domain is made of, -1 for the
	 * others, -2 at the end.
	 */
	int enforced[5];
	/* Whether the order is the one in which both programs were called. */
	bool by_rank;
};

#define SLOT_SELF -1
#define SLOT_END -2

/* clang-format off */
FIXTURE_VARIANT_ADD(events, one) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 e1!",
	.enforced = { SLOT_A, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, nnp) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, RESTRICT_NNP) },
	.events = "c1<0 e1!n",
	.enforced = { SLOT_A, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, nnp_alone) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT_NULL(RESTRICT_NNP, 0) },
	.events = "",
	.enforced = { SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, existing) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 e1! c2<1 e2!",
	.enforced = { SLOT_SELF, SLOT_A, SLOT_END },
};

/* The task's own stage is always the last layer. */

/* clang-format off */
FIXTURE_VARIANT_ADD(events, self) {
	/* clang-format on */
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 c2<0 c3<2 e3!",
	.enforced = { SLOT_A, SLOT_SELF, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, two_programs) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_B, 0) },
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, two_programs_same_hook) {
	/* clang-format on */
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_2].ops = { RESTRICT(SLOT_B, 0) },
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
	.by_rank = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, existing_two_programs_self) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.self = true,
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_FROM_FILE].ops = { RESTRICT(SLOT_B, 0) },
	.events = "c1<0 e1! c2<1 c3<1 c4<3 c5<3 c6<5 e6!",
	.enforced = { SLOT_SELF, SLOT_A, SLOT_B, SLOT_SELF, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, two_rulesets) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT(SLOT_B, 0),
	},
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, repeated) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT(SLOT_A, 0),
		RESTRICT(SLOT_B, 0),
		RESTRICT(SLOT_A, 0),
	},
	.staging.progs[PROG_CHECK_1].ops = { RESTRICT(SLOT_A, 0) },
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_A, SLOT_B, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, script_and_interpreter) {
	/* clang-format on */
	.staging.script = true,
	.staging.progs[PROG_CHECK_1].ops = {
		{ .type = DO_RESTRICT, .slot = SLOT_C, .hit = 1 },
		{ .type = DO_RESTRICT, .slot = SLOT_A, .hit = 2 },
	},
	.events = "c1<0 c2<1 e2!",
	.enforced = { SLOT_C, SLOT_A, SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, failed) {
	/* clang-format on */
	.staging.progs[PROG_FOR_EXEC_1].ops = { RESTRICT(SLOT_A, 0) },
	.staging.progs[PROG_CHECK_1] = {
		.ops = { RESTRICT(SLOT_B, 0) },
		.denies = true,
	},
	.staging.error = EPERM,
	.events = "c1<0 c2<1",
	.enforced = { SLOT_END },
};

/* clang-format off */
FIXTURE_VARIANT_ADD(events, too_many_layers) {
	/* clang-format on */
	.staging.existing = 1,
	.staging.progs[PROG_FOR_EXEC_1].ops = {
		RESTRICT_ERROR(SLOT_A, RESTRICT_TSYNC, -EINVAL),
	},
	.events = "c1<0 e1!",
	.enforced = { SLOT_SELF, SLOT_END },
};

FIXTURE_SETUP(events)
{
	exectime_prepare_dir(_metadata);
	exectime_copy_self(_metadata, "self", 0755);
	exectime_write_file(_metadata, "script", "#!/mnt/self\n", 0755);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, variant->staging.progs);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(events)
{
	if (self->available)
		enable_events(_metadata, false);
	stage__destroy(self->skel);
}

static const struct event *find_creation(const struct trace *const trace,
					 const __u64 domain)
{
	for (int i = 0; i < trace->num; i++)
		if (trace->events[i].type == EVENT_CREATE &&
		    trace->events[i].domain == domain)
			return &trace->events[i];
	return NULL;
}

/* Layers of the domain that was enforced last, the last layer first. */
static int get_layers(const struct trace *const trace,
		      const struct event **const layers, const int max)
{
	const struct event *event = NULL;
	int num = 0;

	for (int i = 0; i < trace->num; i++)
		if (trace->events[i].type == EVENT_ENFORCE)
			event = find_creation(trace, trace->events[i].domain);
	for (; event && num < max; event = find_creation(trace, event->parent))
		layers[num++] = event;
	return num;
}

/* Which slot has this ruleset, or SLOT_SELF. */
static int find_slot(const struct stage *const skel, const __u64 ruleset)
{
	for (__u32 slot = 0; slot < ARRAY_SIZE(slot_denied); slot++) {
		struct bpf_landlock_ruleset_info info;

		if (bpf_map_lookup_elem(bpf_map__fd(skel->maps.rulesets), &slot,
					&info))
			continue;
		if (info.id == ruleset)
			return slot;
	}
	return SLOT_SELF;
}

TEST_F(events, in_order)
{
	const struct staging *const staging = &variant->staging;
	const struct test_prog *const progs = self->skel->bss->progs;
	struct exec_report report = {};
	struct exec_run run;
	const struct event *layers[ARRAY_SIZE(variant->enforced)];
	struct trace trace;
	char text[512];
	int num;

	if (exectime_fork(_metadata, &run)) {
		prepare_task(_metadata, staging);
		setenv(EXECTIME_PLAN, "q", 1);
		self->skel->bss->target_pid = getpid();
		execv(staging->script ? "script" : "self", self_argv);
		EXPECT_EQ(staging->error, errno);
		_exit(0);
	}
	EXPECT_EQ(!staging->error, exectime_wait(_metadata, &run, &report, 1));
	expect_ops(_metadata, self->skel, staging->progs);

	read_balanced_events(_metadata, &trace);
	tell_events(&trace, text, sizeof(text));
	if (variant->events)
		EXPECT_STREQ(variant->events, text);

	num = get_layers(&trace, layers, ARRAY_SIZE(layers));
	for (int i = 0; i < num; i++) {
		int want = variant->enforced[i];

		/* BPF says nothing about which program comes first. */
		if (variant->by_rank &&
		    progs[PROG_CHECK_2].rank < progs[PROG_CHECK_1].rank)
			want = want == SLOT_A ? SLOT_B : SLOT_A;

		ASSERT_NE(SLOT_END, variant->enforced[i]);
		EXPECT_EQ(want, find_slot(self->skel,
					  layers[num - 1 - i]->ruleset));
	}
	EXPECT_EQ(SLOT_END, variant->enforced[num]);
}

/* Logs. */
FIXTURE(denials)
{
	bool available;
	struct stage *skel;
};

FIXTURE_VARIANT(denials)
{
	__u32 flags;
	/* Whether the task mutes itself, now or with its own stage. */
	bool muted;
	bool self;
	__u32 self_flags;
	/* Whether the started program executes another one, which is denied. */
	bool again;
	/* Whether these denials are for the logs. */
	int bpf_logged;
	int self_logged;
	int sub_logged;
};

/* The layer is one of the program that starts with it. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, no_flag) {
	/* clang-format on */
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, no_flag_again) {
	/* clang-format on */
	.again = true,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, same_exec_off) {
	/* clang-format on */
	.flags = LOG_SAME_EXEC_OFF,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, new_exec_on) {
	/* clang-format on */
	.flags = LOG_NEW_EXEC_ON,
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, new_exec_on_again) {
	/* clang-format on */
	.flags = LOG_NEW_EXEC_ON,
	.again = true,
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, only_new_exec) {
	/* clang-format on */
	.flags = LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, only_new_exec_again) {
	/* clang-format on */
	.flags = LOG_SAME_EXEC_OFF | LOG_NEW_EXEC_ON,
	.again = true,
	.bpf_logged = 1,
	.sub_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off) {
	/* clang-format on */
	.flags = LOG_SUBDOMAINS_OFF,
	.bpf_logged = 1,
};

/* Layers of the same exec do not mute one another. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, subdomains_off_self) {
	/* clang-format on */
	.flags = LOG_SUBDOMAINS_OFF,
	.self = true,
	.bpf_logged = 1,
	.self_logged = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, self_subdomains_off) {
	/* clang-format on */
	.self = true,
	.self_flags = LOG_SUBDOMAINS_OFF,
	.bpf_logged = 1,
	.self_logged = 1,
};

/* A task that mutes itself does not mute the administrator. */

/* clang-format off */
FIXTURE_VARIANT_ADD(denials, muted) {
	/* clang-format on */
	.muted = true,
	.self = true,
	.bpf_logged = 1,
};

FIXTURE_SETUP(denials)
{
	const struct test_prog progs[PROG_NUM] = {
		[PROG_FOR_EXEC_1].ops = {
			{
				.type = DO_RESTRICT,
				.slot = SLOT_A,
				.flags = variant->flags,
				.hit = 1,
			},
		},
	};

	exectime_prepare_dir(_metadata);
	self->skel = load_stage(_metadata);
	attach_progs(_metadata, self->skel, progs);
	self->available = exectime_setup_trace(_metadata);
	if (!self->available)
		SKIP(return, "The kernel has no Landlock trace events");
}

FIXTURE_TEARDOWN(denials)
{
	if (self->available)
		enable_events(_metadata, false);
	stage__destroy(self->skel);
}

TEST_F(denials, logged)
{
	/* Domains, in the order of their creation. */
	const int bpf = variant->self ? 2 : 1;
	const int own = variant->self ? 3 : 0;
	const int sub = variant->self ? 4 : 2;
	int bpf_logged = -1, own_logged = -1, sub_logged = -1;
	struct exec_report reports[2] = {};
	struct exec_run run;
	struct trace trace;

	if (exectime_fork(_metadata, &run)) {
		const __u32 mute = LOG_SUBDOMAINS_OFF;

		if (variant->muted)
			ASSERT_EQ(0, landlock_restrict_self(-1, mute));
		if (variant->self)
			ASSERT_EQ(0, exectime_restrict(SELF,
						       RESTRICT_EXECTIME |
							       variant->self_flags));
		self->skel->bss->target_pid = getpid();
		if (exectime_exec(variant->again ? "qxqS" : "qS"))
			_exit(1);
	}
	ASSERT_EQ(1 + variant->again,
		  exectime_wait(_metadata, &run, reports, 1 + variant->again));
	for (int i = 0; i <= variant->again; i++)
		EXPECT_EQ(DENY_A | (variant->self ? SELF : 0),
			  reports[i].denied);

	read_balanced_events(_metadata, &trace);
	for (int i = 0; i < trace.num; i++) {
		const struct event *const event = &trace.events[i];
		const int rank = domain_rank(&trace, event->domain);

		if (event->type != EVENT_DENY)
			continue;
		if (rank == bpf)
			bpf_logged = event->logged;
		else if (rank == own)
			own_logged = event->logged;
		else if (rank == sub)
			sub_logged = event->logged;
	}
	EXPECT_EQ(variant->bpf_logged, bpf_logged);
	EXPECT_EQ(variant->self ? variant->self_logged : -1, own_logged);
	EXPECT_EQ(variant->sub_logged, sub_logged);
}

TEST_HARNESS_MAIN
