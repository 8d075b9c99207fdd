// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - BPF_MAP_TYPE_LANDLOCK_RULESET, as bpftool sees it
 *
 * This program makes the rulesets and executes bpftool with their file
 * descriptors, which is the only way to hand them over.  The environment may
 * name other programs than those beside this one:
 *
 * BPFTOOL:       a bpftool that knows the map type (./bpftool);
 * BPFTOOL_STOCK: a bpftool that does not (./bpftool-stock).
 */

#include "landlock_bpf.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <stdarg.h>
#include <sys/mman.h>

#define NUM_ENTRIES 4
#define NUM_RULES 3

#define FD_SIZE sizeof(__u32)
#define INFO_SIZE sizeof(struct bpf_landlock_ruleset_info)

#define BPFFS "/sys/fs/bpf"
#define PIN BPFFS "/rulesets"
#define OUTER_PIN BPFFS "/outer"

/* The beginnings of commands. */
#define CREATE "map create " PIN " type landlock_ruleset"
#define CREATE_OUTER \
	"map create " OUTER_PIN " type array_of_maps inner_map pinned " PIN
#define UPDATE_OUTER "map update pinned " OUTER_PIN
#define UPDATE "map update pinned " PIN
#define DELETE "map delete pinned " PIN
#define LOOKUP "map lookup pinned " PIN
#define DUMP "map dump pinned " PIN
#define SHOW "map show pinned " PIN

/* The file descriptor that bpftool inherits. */
#define INHERITED_FD 50

static const struct landlock_ruleset_attr ruleset_attr = {
	.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE |
			     LANDLOCK_ACCESS_FS_READ_DIR,
	.handled_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.scoped = LANDLOCK_SCOPE_SIGNAL,
	.quiet_access_fs = LANDLOCK_ACCESS_FS_READ_DIR,
	.quiet_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.quiet_scoped = LANDLOCK_SCOPE_SIGNAL,
};

/* Fields of a description, and their names in bpftool. */
static const struct field {
	const char *name;
	size_t offset;
	size_t size;
	bool is_decimal;
} fields[] = {
#define FIELD(_name, _size, ...)                                           \
	{                                                                  \
		.name = #_name,                                            \
		.offset = offsetof(struct bpf_landlock_ruleset_info, _name), \
		.size = (_size), __VA_ARGS__                               \
	}
	FIELD(ruleset_fd, 4),
	FIELD(num_rules, 4, .is_decimal = true),
	FIELD(id, 8),
	FIELD(handled_access_fs, 8),
	FIELD(handled_access_net, 8),
	FIELD(scoped, 8),
	FIELD(version, 8, .is_decimal = true),
	FIELD(quiet_access_fs, 8),
	FIELD(quiet_access_net, 8),
	FIELD(quiet_scoped, 8),
	FIELD(policy_id, 8),
	FIELD(flags, 4),
#undef FIELD
};

/* The order in which it tells them, if the values have room for them. */
static const int told_fields[] = { 2, 6, 1, 3, 4, 5, 7, 8, 9, 10, 11 };

static bool has_field(const struct field *const field, const size_t value_size)
{
	return field->offset + field->size <= value_size;
}

/**
 * struct tool - A bpftool, and its last output
 *
 * @path: The program.
 * @fd: File descriptor that it inherits as INHERITED_FD, or -1.
 * @input: Its standard input, or NULL.
 * @out: Its standard output.
 * @err: Its standard error.
 */
struct tool {
	const char *path;
	int fd;
	const char *input;
	char out[1 << 18];
	char err[1 << 12];
};

static struct tool patched, stock;

__attribute__((constructor)) static void find_tools(void)
{
	patched.path = getenv("BPFTOOL") ?: "./bpftool";
	stock.path = getenv("BPFTOOL_STOCK") ?: "./bpftool-stock";
	patched.fd = -1;
	stock.fd = -1;
}

static void exec_tool(const struct tool *const tool, const char *const command,
		      const int stdio[const static 3])
{
	char *argv[32] = { "bpftool" }, *words = strdup(command), *word;
	int argc = 1;

	for (word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;

	for (int i = 0; i < 3; i++)
		dup2(stdio[i], i);
	/* This one is not closed on exec. */
	if (tool->fd >= 0)
		dup2(tool->fd, INHERITED_FD);

	execv(tool->path, argv);
	fprintf(stderr, "Cannot execute %s: %s\n", tool->path, strerror(errno));
	_exit(127);
}

static void read_output(const int fd, char *const buf, const size_t size)
{
	const ssize_t len = pread(fd, buf, size - 1, 0);

	buf[len < 0 ? 0 : len] = '\0';
	close(fd);
}

/* Returns the exit status, or -1. */
static int run_tool(struct tool *const tool, const char *const command)
{
	const size_t input_len = tool->input ? strlen(tool->input) : 0;
	int stdio[3], status;
	pid_t child;

	for (int i = 0; i < 3; i++)
		stdio[i] = memfd_create("stdio", MFD_CLOEXEC);
	if (pwrite(stdio[0], tool->input, input_len, 0) != input_len)
		return -1;

	child = fork();
	if (child == 0)
		exec_tool(tool, command, stdio);

	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;

	close(stdio[0]);
	read_output(stdio[1], tool->out, sizeof(tool->out));
	read_output(stdio[2], tool->err, sizeof(tool->err));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The command succeeds, without a warning. */
static void expect_run(struct __test_metadata *const _metadata,
		       struct tool *const tool, const char *const command)
{
	EXPECT_EQ(0, run_tool(tool, command))
	{
		TH_LOG("%s: %s%s", command, tool->out, tool->err);
	}
	EXPECT_STREQ("", tool->err);
}

/* The same, and it has nothing to say. */
static void expect_quiet(struct __test_metadata *const _metadata,
			 struct tool *const tool, const char *const command)
{
	expect_run(_metadata, tool, command);
	EXPECT_STREQ("", tool->out);
}

/* The command fails with this message, and in JSON too. */
static void expect_error(struct __test_metadata *const _metadata,
			 struct tool *const tool, const char *const command,
			 const char *const error)
{
	char text[256];

	EXPECT_LT(0, run_tool(tool, command))
	{
		TH_LOG("%s", command);
	}
	snprintf(text, sizeof(text), "Error: %s\n", error);
	EXPECT_STREQ(text, tool->err);
	EXPECT_STREQ("", tool->out);

	snprintf(text, sizeof(text), "-j %s", command);
	EXPECT_LT(0, run_tool(tool, text));
	snprintf(text, sizeof(text), "{\"error\":\"%s\"}\n", error);
	EXPECT_STREQ(text, tool->out);
	EXPECT_STREQ("", tool->err);
}

static void expect_in(struct __test_metadata *const _metadata,
		      const char *const part, const char *const text)
{
	EXPECT_NE(NULL, strstr(text, part))
	{
		TH_LOG("No \"%s\" in:\n%s", part, text);
	}
}

/*
 * Makes @text easy to compare: without the spaces that have no meaning in JSON,
 * and with the other kind of quotes.
 */
static const char *compact(char *const text)
{
	bool in_string = false;
	char *end = text;

	for (const char *c = text; *c; c++) {
		if (*c == '"')
			in_string = !in_string;
		if (in_string || !isspace(*c))
			*end++ = *c == '"' ? '\'' : *c;
	}
	*end = '\0';
	return text;
}

/* Gone with the last process of the test. */
static void mount_bpffs(struct __test_metadata *const _metadata)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("bpf", BPFFS, "bpf", 0, NULL));
}

static int create_ruleset(struct __test_metadata *const _metadata)
{
	struct landlock_net_port_attr net_port = {
		.allowed_access = LANDLOCK_ACCESS_NET_CONNECT_TCP,
	};
	int ruleset_fd;

	ruleset_fd =
		landlock_create_ruleset(&ruleset_attr, sizeof(ruleset_attr), 0);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, allow_everywhere(ruleset_fd, LANDLOCK_ACCESS_FS_EXECUTE));
	for (int i = 1; i < NUM_RULES; i++) {
		net_port.port = 1000 + i;
		ASSERT_EQ(0,
			  landlock_add_rule(ruleset_fd, LANDLOCK_RULE_NET_PORT,
					    &net_port, 0));
	}
	return ruleset_fd;
}

/* Adds the types that a map has when it comes from an object file. */
static int load_btf(struct __test_metadata *const _metadata,
		    struct bpf_map_create_opts *const opts,
		    const __u32 value_size)
{
	struct btf *const btf = btf__new_empty();
	int u32_id, u64_id, value_id, btf_fd;

	ASSERT_NE(NULL, btf);
	u32_id = btf__add_int(btf, "u32", 4, 0);
	u64_id = btf__add_int(btf, "u64", 8, 0);
	value_id = u32_id;
	if (value_size != FD_SIZE)
		value_id = btf__add_struct(btf, "bpf_landlock_ruleset_info",
					   value_size);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const int type_id = fields[i].size == 4 ? u32_id : u64_id;

		if (value_size == FD_SIZE || !has_field(&fields[i], value_size))
			continue;
		ASSERT_EQ(0, btf__add_field(btf, fields[i].name, type_id,
					    8 * fields[i].offset, 0));
	}
	ASSERT_EQ(0, btf__load_into_kernel(btf));

	btf_fd = dup(btf__fd(btf));
	ASSERT_LE(0, btf_fd);
	opts->btf_fd = btf_fd;
	opts->btf_key_type_id = u32_id;
	opts->btf_value_type_id = value_id;
	btf__free(btf);
	return btf_fd;
}

static int pin_map(struct __test_metadata *const _metadata,
		   const __u32 value_size, const bool with_btf)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int btf_fd = -1, map_fd;

	mount_bpffs(_metadata);
	if (with_btf)
		btf_fd = load_btf(_metadata, &opts, value_size);
	map_fd = bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET, "rulesets", 4,
				value_size, NUM_ENTRIES, &opts);
	ASSERT_LE(0, map_fd);
	ASSERT_EQ(0, bpf_obj_pin(map_fd, PIN));
	if (with_btf)
		ASSERT_EQ(0, close(btf_fd));
	return map_fd;
}

/* Describes @slot of a map of descriptions. */
static int lookup(const int map_fd, const __u32 slot,
		  struct bpf_landlock_ruleset_info *const info)
{
	return bpf_map_lookup_elem(map_fd, &slot, info);
}

/* Works with all maps. */
static bool is_empty(const int map_fd, const __u32 slot)
{
	return bpf_map_delete_elem(map_fd, &slot) == -ENOENT;
}

TEST(map_type)
{
	const enum bpf_map_type type = BPF_MAP_TYPE_LANDLOCK_RULESET;

	EXPECT_STREQ("landlock_ruleset", libbpf_bpf_map_type_str(type));
	EXPECT_EQ(1, libbpf_probe_bpf_map_type(type, NULL));

	expect_run(_metadata, &patched, "feature list_builtins map_types");
	expect_in(_metadata, "\nlandlock_ruleset\n", patched.out);

	/* Help goes to the standard error. */
	EXPECT_EQ(0, run_tool(&patched, "map help"));
	expect_in(_metadata, "VALUE := { DATA | MAP | PROG | RULESET }\n",
		  patched.err);
	expect_in(_metadata, "RULESET := { fd FD }\n", patched.err);
	expect_in(_metadata, "| landlock_ruleset }\n", patched.err);

	drop_caps(_metadata);
	EXPECT_EQ(0, libbpf_probe_bpf_map_type(type, NULL));
}

TEST(feature_probe)
{
	expect_run(_metadata, &patched, "feature probe kernel");
	expect_in(_metadata, "\neBPF map_type landlock_ruleset is available\n",
		  patched.out);
}

/* Maps that bpftool creates. */
FIXTURE(create)
{
};

FIXTURE_VARIANT(create)
{
	__u32 value_size;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, info) {
	/* clang-format on */
	.value_size = INFO_SIZE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, fd) {
	/* clang-format on */
	.value_size = FD_SIZE,
};

FIXTURE_SETUP(create)
{
	char text[256];

	mount_bpffs(_metadata);
	snprintf(text, sizeof(text),
		 CREATE " key 4 value %u entries 7 name rulesets",
		 variant->value_size);
	expect_quiet(_metadata, &patched, text);
}

FIXTURE_TEARDOWN(create)
{
}

TEST_F(create, show)
{
	char text[256];

	expect_run(_metadata, &patched, SHOW);
	expect_in(_metadata, ": landlock_ruleset  name rulesets  flags 0x0\n",
		  patched.out);
	snprintf(text, sizeof(text), "key 4B  value %uB  max_entries 7  ",
		 variant->value_size);
	expect_in(_metadata, text, patched.out);

	expect_run(_metadata, &patched, "-j " SHOW);
	compact(patched.out);
	expect_in(_metadata, ",'type':'landlock_ruleset','name':'rulesets',",
		  patched.out);
	snprintf(text, sizeof(text),
		 ",'bytes_key':4,'bytes_value':%u,'max_entries':7,",
		 variant->value_size);
	expect_in(_metadata, text, patched.out);
}

/* A policy in one piece, for programs that look it up in an outer map. */
TEST_F(create, inner_map)
{
	expect_quiet(_metadata, &patched,
		     CREATE_OUTER " key 4 value 4 entries 1 name outer");
	expect_quiet(_metadata, &patched,
		     UPDATE_OUTER " key 0 0 0 0 value pinned " PIN);
	expect_run(_metadata, &patched, "map dump pinned " OUTER_PIN);
	expect_in(_metadata, "inner_map_id: ", patched.out);
	expect_in(_metadata, "Found 1 element\n", patched.out);
}

TEST(create_error)
{
	mount_bpffs(_metadata);
	expect_error(_metadata, &patched,
		     CREATE " key 4 value 7 entries 7 name rulesets",
		     "map create failed: Invalid argument");
	expect_error(_metadata, &patched,
		     CREATE " key 4 value 5000 entries 7 name rulesets",
		     "map create failed: Argument list too long");
	expect_error(_metadata, &patched,
		     CREATE " key 4 value 72 entries 0 name rulesets",
		     "map create failed: Invalid argument");
}

/* Maps of both kinds of values, with and without types. */
FIXTURE(map)
{
	int fd;
	int ruleset_fd;
};

FIXTURE_VARIANT(map)
{
	__u32 value_size;
	bool with_btf;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, info) {
	/* clang-format on */
	.value_size = INFO_SIZE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, info_btf) {
	/* clang-format on */
	.value_size = INFO_SIZE,
	.with_btf = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, fd) {
	/* clang-format on */
	.value_size = FD_SIZE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, fd_btf) {
	/* clang-format on */
	.value_size = FD_SIZE,
	.with_btf = true,
};

FIXTURE_SETUP(map)
{
	self->fd = pin_map(_metadata, variant->value_size, variant->with_btf);
	self->ruleset_fd = create_ruleset(_metadata);
	patched.fd = self->ruleset_fd;
}

FIXTURE_TEARDOWN(map)
{
	EXPECT_EQ(0, close(self->ruleset_fd));
	EXPECT_EQ(0, close(self->fd));
}

TEST_F(map, update)
{
	struct bpf_landlock_ruleset_info info;

	expect_quiet(_metadata, &patched, UPDATE " key 2 0 0 0 value fd 50");
	/* In any order, in any base, with the only flag that works. */
	expect_quiet(_metadata, &patched,
		     UPDATE " any value fd 0x32 key 1 0 0 0");
	expect_run(_metadata, &patched,
		   "-j " UPDATE " key 0 0 0 0 value fd 50");
	EXPECT_STREQ("null\n", patched.out);

	for (int i = 0; i < 3 && variant->value_size == INFO_SIZE; i++) {
		ASSERT_EQ(0, lookup(self->fd, i, &info));
		EXPECT_EQ(NUM_RULES, info.num_rules);
		EXPECT_EQ(ruleset_attr.handled_access_fs,
			  info.handled_access_fs);
		EXPECT_EQ(ruleset_attr.handled_access_net,
			  info.handled_access_net);
		EXPECT_EQ(ruleset_attr.scoped, info.scoped);
		EXPECT_EQ(ruleset_attr.quiet_access_fs, info.quiet_access_fs);
	}
	for (int i = 0; i < NUM_ENTRIES; i++)
		EXPECT_EQ(i == 3, is_empty(self->fd, i));
}

/* One process, one file descriptor, several updates. */
TEST_F(map, batch)
{
	/* clang-format off */
	patched.input = UPDATE " key 0 0 0 0 value fd 50\n"
			UPDATE " key 2 0 0 0 value fd 50\n"
			DELETE " key 2 0 0 0\n"
			UPDATE " key 3 0 0 0 value fd 50\n";
	/* clang-format on */
	expect_run(_metadata, &patched, "batch file -");
	EXPECT_STREQ("processed 4 commands\n", patched.out);

	EXPECT_FALSE(is_empty(self->fd, 0));
	EXPECT_TRUE(is_empty(self->fd, 1));
	EXPECT_TRUE(is_empty(self->fd, 2));
	EXPECT_FALSE(is_empty(self->fd, 3));
}

/* Errors are reported, and the map does not change. */
TEST_F(map, update_error)
{
	static const struct {
		const char *arguments;
		const char *error;
	} errors[] = {
		/* clang-format off */
		{ "key 0 0 0 0", "did not find value" },
		{ "key 0 0 0 0 value",
		  "not enough value arguments for map of rulesets" },
		{ "key 0 0 0 0 value fd",
		  "not enough value arguments for map of rulesets" },
		{ "key 0 0 0 0 value 50 0 0 0", "expected 'fd', got: '50'?" },
		{ "key 0 0 0 0 value hex 32 00 00 00",
		  "expected 'fd', got: 'hex'?" },
		{ "key 0 0 0 0 value pinned " PIN,
		  "expected 'fd', got: 'pinned'?" },
		{ "key 0 0 0 0 value fd x", "can't parse x as file descriptor" },
		{ "key 0 0 0 0 value fd 50x",
		  "can't parse 50x as file descriptor" },
		/* Not 50, with any size of an int. */
		{ "key 0 0 0 0 value fd 4294967346",
		  "can't parse 4294967346 as file descriptor" },
		{ "key 0 0 0 0 value fd 18446744073709551666",
		  "can't parse 18446744073709551666 as file descriptor" },
		{ "key 0 0 0 0 value fd 50 value fd 50", "duplicate value" },
		{ "key 0 0 0 0 value fd 50 60",
		  "expected key or value, got: 60" },
		{ "key 0 0 0 0 value fd 49",
		  "update failed: Bad file descriptor" },
		{ "key 0 0 0 0 value fd 0",
		  "update failed: File descriptor in bad state -- not a Landlock ruleset?" },
		{ "key 4 0 0 0 value fd 50",
		  "update failed: Argument list too long" },
		{ "key 0 0 0 0 value fd 50 exist",
		  "update failed: Invalid argument" },
		{ "key 0 0 0 0 value fd 50 noexist",
		  "update failed: Invalid argument" },
		/* clang-format on */
	};
	char text[256];

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		snprintf(text, sizeof(text), UPDATE " %s", errors[i].arguments);
		expect_error(_metadata, &patched, text, errors[i].error);
	}

	/* No argument, or an option, on a command line. */
	patched.input = UPDATE " key 0 0 0 0 value fd ''\n";
	EXPECT_LT(0, run_tool(&patched, "batch file -"));
	EXPECT_STREQ("Error: can't parse  as file descriptor\n", patched.err);
	patched.input = UPDATE " key 0 0 0 0 value fd -1\n";
	EXPECT_LT(0, run_tool(&patched, "batch file -"));
	EXPECT_STREQ("Error: can't parse -1 as file descriptor\n", patched.err);

	for (int i = 0; i < NUM_ENTRIES; i++)
		EXPECT_TRUE(is_empty(self->fd, i));
}

TEST_F(map, delete)
{
	expect_error(_metadata, &patched, DELETE " key 2 0 0 0",
		     "delete failed: No such file or directory");
	expect_quiet(_metadata, &patched, UPDATE " key 2 0 0 0 value fd 50");
	expect_quiet(_metadata, &patched, DELETE " key 2 0 0 0");
	EXPECT_TRUE(is_empty(self->fd, 2));
}

/* The texts that stand for the ruleset in @slot. */
struct texts {
	char plain[512];
	char raw[1024];
	char ruleset[512];
	char btf[512];
};

#define PAGE_SIZE 4096

/* Adds to a text in a buffer of this size. */
static void add(char *const text, const size_t size, const char *const format,
		...)
{
	const size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

#define ADD(_text, ...) add(_text, sizeof(_text), __VA_ARGS__)

static unsigned long long get_field(const void *const value,
				    const struct field *const field)
{
	return field->size == 4 ? *(__u32 *)(value + field->offset) :
				  *(__u64 *)(value + field->offset);
}

static void describe(struct __test_metadata *const _metadata, const int map_fd,
		     const __u32 slot, const size_t value_size,
		     struct texts *const texts)
{
	union {
		struct bpf_landlock_ruleset_info info;
		unsigned char bytes[PAGE_SIZE];
	} value = {};
	const char *comma = "";

	ASSERT_EQ(0, lookup(map_fd, slot, &value.info));
	ASSERT_EQ(3, value.info.num_rules);
	memset(texts, 0, sizeof(*texts));

	/* On one line, if this is short. */
	ADD(texts->plain, value_size > 16 ?
				  "key:\n%02x 00 00 00\nruleset:\n" :
				  "key: %02x 00 00 00  ruleset: ", slot);
	ADD(texts->ruleset, "'ruleset':{");
	for (size_t i = 0; i < ARRAY_SIZE(told_fields); i++) {
		const struct field *const field = &fields[told_fields[i]];
		const unsigned long long number =
			get_field(value.bytes, field);

		if (!has_field(field, value_size))
			continue;
		ADD(texts->plain, field->is_decimal ? "%s%s %llu" :
						      "%s%s 0x%llx",
		    *comma ? "  " : "", field->name, number);
		ADD(texts->ruleset, "%s'%s':%llu", comma, field->name, number);
		comma = ",";
	}
	ADD(texts->plain, "\n");
	ADD(texts->ruleset, "}");

	ADD(texts->raw, "'key':['0x%02x','0x00','0x00','0x00'],'value':[",
	    slot);
	for (size_t i = 0; i < value_size; i++)
		ADD(texts->raw, "'0x%02x'%s", value.bytes[i],
		    i < value_size - 1 ? "," : "]");

	ADD(texts->btf, "{'key':%u,'value':{", slot);
	comma = "";
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!has_field(&fields[i], value_size))
			continue;
		ADD(texts->btf, "%s'%s':%llu", comma, fields[i].name,
		    get_field(value.bytes, &fields[i]));
		comma = ",";
	}
	ADD(texts->btf, "}}");
}

FIXTURE(info)
{
	int fd;
	int ruleset_fd;
};

FIXTURE_VARIANT(info)
{
	__u32 value_size;
	bool with_btf;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, raw) {
	/* clang-format on */
	.value_size = INFO_SIZE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, btf) {
	/* clang-format on */
	.value_size = INFO_SIZE,
	.with_btf = true,
};

/* Values of users that know less, and of users that know more. */

/* clang-format off */
FIXTURE_VARIANT_ADD(info, num_rules) {
	/* clang-format on */
	.value_size = 8,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, short) {
	/* clang-format on */
	.value_size = offsetof(struct bpf_landlock_ruleset_info, version),
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, short_btf) {
	/* clang-format on */
	.value_size = offsetof(struct bpf_landlock_ruleset_info, version),
	.with_btf = true,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, long) {
	/* clang-format on */
	.value_size = INFO_SIZE + 16,
};

FIXTURE_SETUP(info)
{
	self->fd = pin_map(_metadata, variant->value_size, variant->with_btf);
	self->ruleset_fd = create_ruleset(_metadata);
	patched.fd = self->ruleset_fd;
}

FIXTURE_TEARDOWN(info)
{
	EXPECT_EQ(0, close(self->ruleset_fd));
	EXPECT_EQ(0, close(self->fd));
}

/* Puts a policy into @slot, if the values have room to say so. */
static void store_policy(struct __test_metadata *const _metadata,
			 const int map_fd, const __u32 slot,
			 const size_t value_size, const int ruleset_fd)
{
	union {
		struct bpf_landlock_ruleset_info info;
		unsigned char bytes[PAGE_SIZE];
	} value = {
		.info.ruleset_fd = ruleset_fd,
		.info.flags = LANDLOCK_POLICY_LIVE,
	};

	if (value_size < INFO_SIZE)
		return;

	ASSERT_EQ(0, bpf_map_update_elem(map_fd, &slot, &value, BPF_ANY));
	ASSERT_EQ(0, lookup(map_fd, slot, &value.info));
	EXPECT_NE(0, value.info.policy_id);
}

/* Empty entries are no entries. */
TEST_F(info, dump)
{
	static const __u32 slots[] = { 1, 3 };
	struct texts texts[ARRAY_SIZE(slots)];
	char json[8192], plain[4096];

	expect_run(_metadata, &patched, "-j " DUMP);
	EXPECT_STREQ("[]\n", patched.out);
	expect_run(_metadata, &patched, DUMP);
	EXPECT_STREQ(variant->with_btf ? "[]" : "Found0elements",
		     compact(patched.out));

	expect_quiet(_metadata, &patched, UPDATE " key 1 0 0 0 value fd 50");
	expect_quiet(_metadata, &patched, UPDATE " key 3 0 0 0 value fd 50");
	store_policy(_metadata, self->fd, 3, variant->value_size,
		     self->ruleset_fd);
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		describe(_metadata, self->fd, slots[i], variant->value_size,
			 &texts[i]);

	expect_run(_metadata, &patched, DUMP);
	if (variant->with_btf) {
		snprintf(plain, sizeof(plain), "[%s,%s]", texts[0].btf,
			 texts[1].btf);
		EXPECT_STREQ(plain, compact(patched.out));
		snprintf(json, sizeof(json),
			 "[{%s,%s,'formatted':%s},{%s,%s,'formatted':%s}]",
			 texts[0].raw, texts[0].ruleset, texts[0].btf,
			 texts[1].raw, texts[1].ruleset, texts[1].btf);
	} else {
		snprintf(plain, sizeof(plain), "%s%sFound 2 elements\n",
			 texts[0].plain, texts[1].plain);
		EXPECT_STREQ(plain, patched.out);
		snprintf(json, sizeof(json), "[{%s,%s},{%s,%s}]", texts[0].raw,
			 texts[0].ruleset, texts[1].raw, texts[1].ruleset);
	}
	expect_run(_metadata, &patched, "-j " DUMP);
	EXPECT_STREQ(json, compact(patched.out));
	expect_run(_metadata, &patched, "-p " DUMP);
	expect_in(_metadata, "\n            \"num_rules\": 3", patched.out);
	EXPECT_STREQ(json, compact(patched.out));
}

TEST_F(info, lookup)
{
	struct texts texts;
	char json[4096];

	expect_quiet(_metadata, &patched, UPDATE " key 2 0 0 0 value fd 50");
	describe(_metadata, self->fd, 2, variant->value_size, &texts);

	expect_run(_metadata, &patched, LOOKUP " key 2 0 0 0");
	if (variant->with_btf) {
		EXPECT_STREQ(texts.btf, compact(patched.out));
		snprintf(json, sizeof(json), "{%s,%s,'formatted':%s}",
			 texts.raw, texts.ruleset, texts.btf);
	} else {
		EXPECT_STREQ(texts.plain, patched.out);
		snprintf(json, sizeof(json), "{%s,%s}", texts.raw,
			 texts.ruleset);
	}
	expect_run(_metadata, &patched, "-j " LOOKUP " key 2 0 0 0");
	EXPECT_STREQ(json, compact(patched.out));

	/* No entry, be it empty or out of range. */
	EXPECT_LT(0, run_tool(&patched, LOOKUP " key 1 0 0 0"));
	EXPECT_STREQ("key:\n01 00 00 00\n\nNot found\n", patched.out);
	EXPECT_LT(0, run_tool(&patched, "-j " LOOKUP " key 4 0 0 0"));
	EXPECT_STREQ("null\n", patched.out);
}

/* An old bpftool shows everything in maps that have types. */
TEST_F(info, stock)
{
	char json[8192] = "[", text[64];
	size_t len = 1;

	if (access(stock.path, X_OK))
		SKIP(return, "There is no %s", stock.path);

	/* Is it one? */
	expect_run(_metadata, &stock, "-j " SHOW);
	snprintf(text, sizeof(text), ",'type':%d,'name':'rulesets',",
		 BPF_MAP_TYPE_LANDLOCK_RULESET);
	expect_in(_metadata, text, compact(stock.out));

	for (int i = 0; i < NUM_ENTRIES; i++) {
		snprintf(text, sizeof(text), UPDATE " key %d 0 0 0 value fd 50",
			 i);
		expect_quiet(_metadata, &patched, text);
	}
	expect_run(_metadata, &stock, "-j " DUMP);

	for (int i = 0; i < NUM_ENTRIES; i++) {
		struct texts texts;

		describe(_metadata, self->fd, i, variant->value_size, &texts);
		len += snprintf(json + len, sizeof(json) - len, "{%s%s%s}%s",
				texts.raw,
				variant->with_btf ? ",'formatted':" : "",
				variant->with_btf ? texts.btf : "",
				i < NUM_ENTRIES - 1 ? "," : "]");
	}
	EXPECT_STREQ(json, compact(stock.out));
	expect_run(_metadata, &stock, "-p " DUMP);
	if (variant->with_btf)
		expect_in(_metadata, "\n                \"num_rules\": 3,\n",
			  stock.out);
	EXPECT_STREQ(json, compact(stock.out));
}

/* Maps of file descriptors say nothing, not even which entries are empty. */
FIXTURE(unreadable)
{
	int fd;
	int ruleset_fd;
};

FIXTURE_VARIANT(unreadable)
{
	bool with_btf;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(unreadable, raw) {
	/* clang-format on */
};

/* clang-format off */
FIXTURE_VARIANT_ADD(unreadable, btf) {
	/* clang-format on */
	.with_btf = true,
};

FIXTURE_SETUP(unreadable)
{
	self->fd = pin_map(_metadata, FD_SIZE, variant->with_btf);
	self->ruleset_fd = create_ruleset(_metadata);
	patched.fd = self->ruleset_fd;
}

FIXTURE_TEARDOWN(unreadable)
{
	EXPECT_EQ(0, close(self->ruleset_fd));
	EXPECT_EQ(0, close(self->fd));
}

TEST_F(unreadable, dump)
{
	static const char warning[] =
		"Warning: cannot read values from landlock_ruleset map with value_size == 4\n";
	char text[512];
	size_t len = 0;

	expect_quiet(_metadata, &patched, UPDATE " key 2 0 0 0 value fd 50");
	EXPECT_EQ(0, run_tool(&patched, DUMP));
	EXPECT_STREQ(warning, patched.err);
	/* Between the remaining parts of a JSON array. */
	if (variant->with_btf)
		len = snprintf(text, sizeof(text), "[");
	for (int i = 0; i < NUM_ENTRIES; i++)
		len += snprintf(text + len, sizeof(text) - len,
				"key: %02x 00 00 00  value: <cannot read>\n",
				i);
	snprintf(text + len, sizeof(text) - len,
		 variant->with_btf ? "]\n" : "Found 0 elements\n");
	EXPECT_STREQ(text, patched.out);

	len = snprintf(text, sizeof(text), "[");
	for (int i = 0; i < NUM_ENTRIES; i++)
		len += snprintf(text + len, sizeof(text) - len,
				"{'key':['0x%02x','0x00','0x00','0x00'],%s}%s",
				i,
				"'value':{'error':'Operation not supported'}",
				i < NUM_ENTRIES - 1 ? "," : "]");
	expect_run(_metadata, &patched, "-j " DUMP);
	EXPECT_STREQ(text, compact(patched.out));

	expect_error(_metadata, &patched, LOOKUP " key 2 0 0 0",
		     "lookup failed: Operation not supported");
}

TEST_HARNESS_MAIN
