// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - Descriptions of rulesets in a map, and its types
 */

#include "landlock_bpf.h"
#include "ruleset_map.h"

#include <bpf/btf.h>

#include "trace.h"

/* Description that a lookup returns. */
FIXTURE(info)
{
	int fd;
};

FIXTURE_VARIANT(info)
{
	struct landlock_ruleset_attr attr;
	int num_paths;
	int num_ports;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, fs) {
	/* clang-format on */
	.attr.handled_access_fs = LANDLOCK_ACCESS_FS_READ_DIR |
				  LANDLOCK_ACCESS_FS_EXECUTE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, fs_rules) {
	/* clang-format on */
	.attr.handled_access_fs = LANDLOCK_ACCESS_FS_READ_DIR,
	.num_paths = 3,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, net) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
				   LANDLOCK_ACCESS_NET_CONNECT_TCP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, net_rules) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.num_ports = 100,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, scoped) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL |
		       LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, all) {
	/* clang-format on */
	.attr.handled_access_fs = LANDLOCK_ACCESS_FS_READ_DIR,
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL,
	.attr.quiet_access_fs = LANDLOCK_ACCESS_FS_READ_DIR,
	.attr.quiet_access_net = LANDLOCK_ACCESS_NET_BIND_TCP,
	.attr.quiet_scoped = LANDLOCK_SCOPE_SIGNAL,
	.num_paths = 2,
	.num_ports = 5,
};

/* Each of them is where it belongs. */

/* clang-format off */
FIXTURE_VARIANT_ADD(info, quiet_fs) {
	/* clang-format on */
	.attr.handled_access_fs = LANDLOCK_ACCESS_FS_READ_DIR |
				  LANDLOCK_ACCESS_FS_EXECUTE,
	.attr.quiet_access_fs = LANDLOCK_ACCESS_FS_EXECUTE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, quiet_net) {
	/* clang-format on */
	.attr.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP |
				   LANDLOCK_ACCESS_NET_CONNECT_TCP,
	.attr.quiet_access_net = LANDLOCK_ACCESS_NET_CONNECT_TCP,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(info, quiet_scoped) {
	/* clang-format on */
	.attr.scoped = LANDLOCK_SCOPE_SIGNAL |
		       LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
	.attr.quiet_scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
};

FIXTURE_SETUP(info)
{
	self->fd = create_info_map(NUM_ENTRIES, 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(info)
{
	EXPECT_EQ(0, close(self->fd));
}

static void add_rules(struct __test_metadata *const _metadata,
		      const int ruleset_fd, const int num_paths,
		      const int num_ports)
{
	static const char *const paths[] = { "/", "/proc", "/dev" };
	struct landlock_path_beneath_attr path_beneath = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_DIR,
	};
	struct landlock_net_port_attr net_port = {
		.allowed_access = LANDLOCK_ACCESS_NET_BIND_TCP,
	};

	for (int i = 0; i < num_paths; i++) {
		path_beneath.parent_fd = open(paths[i], O_PATH | O_CLOEXEC);
		ASSERT_LE(0, path_beneath.parent_fd);
		ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
					       LANDLOCK_RULE_PATH_BENEATH,
					       &path_beneath, 0));
		ASSERT_EQ(0, close(path_beneath.parent_fd));
	}
	for (int i = 0; i < num_ports; i++) {
		net_port.port = 1000 + i;
		ASSERT_EQ(0, landlock_add_rule(ruleset_fd,
					       LANDLOCK_RULE_NET_PORT,
					       &net_port, 0));
	}
}

TEST_F(info, fields)
{
	struct bpf_landlock_ruleset_info info = {}, same = {}, other = {};
	const __u32 slots[] = { 0, 1, 2 };
	int ruleset_fd, other_fd;

	ruleset_fd = landlock_create_ruleset(&variant->attr,
					     sizeof(variant->attr), 0);
	ASSERT_LE(0, ruleset_fd);
	/* Rules for the same object are only one. */
	for (int i = 0; i < 2; i++)
		add_rules(_metadata, ruleset_fd, variant->num_paths,
			  variant->num_ports);

	memset(&info, 0xff, sizeof(info));
	ASSERT_EQ(0, store_ruleset(self->fd, slots[0], ruleset_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[0], &info));
	EXPECT_EQ(0, info.ruleset_fd);
	EXPECT_EQ(variant->num_paths + variant->num_ports, info.num_rules);
	EXPECT_NE(0, info.id);
	EXPECT_EQ(variant->attr.handled_access_fs, info.handled_access_fs);
	EXPECT_EQ(variant->attr.handled_access_net, info.handled_access_net);
	EXPECT_EQ(variant->attr.scoped, info.scoped);
	EXPECT_EQ(variant->attr.quiet_access_fs, info.quiet_access_fs);
	EXPECT_EQ(variant->attr.quiet_access_net, info.quiet_access_net);
	EXPECT_EQ(variant->attr.quiet_scoped, info.quiet_scoped);
	/* As many as there were calls, even if they only repeat a rule. */
	EXPECT_EQ(2 * (variant->num_paths + variant->num_ports), info.version);

	/* Another snapshot of the same ruleset, and another ruleset. */
	ASSERT_EQ(0, store_ruleset(self->fd, slots[1], ruleset_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[1], &same));
	EXPECT_EQ(0, memcmp(&info, &same, sizeof(info)));

	other_fd = landlock_create_ruleset(&variant->attr,
					   sizeof(variant->attr), 0);
	ASSERT_LE(0, other_fd);
	ASSERT_EQ(0, store_ruleset(self->fd, slots[2], other_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[2], &other));
	EXPECT_NE(info.id, other.id);
	EXPECT_EQ(0, other.num_rules);
	EXPECT_EQ(0, other.version);

	EXPECT_EQ(0, close(other_fd));
	EXPECT_EQ(0, close(ruleset_fd));
}

/* Frozen: rules that come later are in later snapshots only. */
TEST_F(info, frozen)
{
	const __u32 slots[] = { 0, 1 };
	struct bpf_landlock_ruleset_info before, after, later;
	int ruleset_fd;

	ruleset_fd = landlock_create_ruleset(&variant->attr,
					     sizeof(variant->attr), 0);
	ASSERT_LE(0, ruleset_fd);
	ASSERT_EQ(0, store_ruleset(self->fd, slots[0], ruleset_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[0], &before));
	EXPECT_EQ(0, before.num_rules);

	add_rules(_metadata, ruleset_fd, variant->num_paths,
		  variant->num_ports);
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[0], &after));
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));

	ASSERT_EQ(0, store_ruleset(self->fd, slots[1], ruleset_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[1], &later));
	EXPECT_EQ(variant->num_paths + variant->num_ports, later.num_rules);
	EXPECT_EQ(before.id, later.id);
	EXPECT_EQ(variant->num_paths + variant->num_ports, later.version);

	/* A slot needs no file descriptor. */
	EXPECT_EQ(0, close(ruleset_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slots[1], &after));
	EXPECT_EQ(0, memcmp(&later, &after, sizeof(later)));
}

/* Values of another size than the kernel's description. */
FIXTURE(size)
{
	int fd;
	int ruleset_fd;
};

FIXTURE_VARIANT(size)
{
	__u32 value_size;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(size, num_rules) {
	/* clang-format on */
	.value_size = 8,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(size, small) {
	/* clang-format on */
	.value_size = offsetof(struct bpf_landlock_ruleset_info, version),
};

/* In the middle of a field. */

/* clang-format off */
FIXTURE_VARIANT_ADD(size, odd) {
	/* clang-format on */
	.value_size = INFO_SIZE - 3,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(size, same) {
	/* clang-format on */
	.value_size = INFO_SIZE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(size, large) {
	/* clang-format on */
	.value_size = INFO_SIZE + 8,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(size, largest) {
	/* clang-format on */
	.value_size = 4096,
};

FIXTURE_SETUP(size)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = DENY_A,
		.scoped = LANDLOCK_SCOPE_SIGNAL,
		.quiet_scoped = LANDLOCK_SCOPE_SIGNAL,
	};

	self->fd = create_map(4, variant->value_size, NUM_ENTRIES, 0);
	ASSERT_LE(0, self->fd);
	self->ruleset_fd = landlock_create_ruleset(&attr, sizeof(attr), 0);
	ASSERT_LE(0, self->ruleset_fd);
	ASSERT_EQ(0, allow_everywhere(self->ruleset_fd, DENY_A));
}

FIXTURE_TEARDOWN(size)
{
	EXPECT_EQ(0, close(self->ruleset_fd));
	EXPECT_EQ(0, close(self->fd));
}

/* The other side does not see more than there is, nor anything else. */
TEST_F(size, lookup)
{
	const size_t size = variant->value_size;
	const int info_fd = create_info_map(1, 0);
	char value[8192], expected[8192] = {};
	const __u32 slot = 0;

	ASSERT_LE(0, info_fd);
	ASSERT_EQ(0, store_ruleset(info_fd, slot, self->ruleset_fd));
	ASSERT_EQ(0, bpf_map_lookup_elem(info_fd, &slot, expected));
	EXPECT_EQ(0, close(info_fd));

	memset(value, 0, sizeof(value));
	memcpy(value, &self->ruleset_fd, sizeof(self->ruleset_fd));
	ASSERT_EQ(0, bpf_map_update_elem(self->fd, &slot, value, BPF_ANY));

	memset(value, 0x55, sizeof(value));
	ASSERT_EQ(0, bpf_map_lookup_elem(self->fd, &slot, value));
	EXPECT_EQ(0, memcmp(expected, value, size));
	EXPECT_EQ(0x55, value[size]);
}

/* A user that knows more cannot set fields, or flags, that the kernel does not. */
TEST_F(size, update_unknown)
{
	const __u32 slot = 0;
	char value[8192] = {};

	memcpy(value, &self->ruleset_fd, sizeof(self->ruleset_fd));
	for (size_t i = FD_SIZE; i < variant->value_size; i++) {
		value[i] = 0x80;
		EXPECT_EQ(-EINVAL, bpf_map_update_elem(self->fd, &slot, value,
						       BPF_ANY))
		{
			TH_LOG("with byte %zu", i);
		}
		value[i] = 0;
	}
	/* Not even looked at. */
	value[variant->value_size] = 1;
	EXPECT_EQ(0, bpf_map_update_elem(self->fd, &slot, value, BPF_ANY));
}

/* The ID and the version are those of the trace events. */
TEST(id_in_trace)
{
	struct bpf_landlock_ruleset_info info;
	char text[32], *trace;
	const __u32 slot = 0;
	int map_fd;

	map_fd = create_info_map(1, 0);
	ASSERT_LE(0, map_fd);
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (tracefs_setup())
		SKIP(return, "The kernel has no Landlock trace events");

	ASSERT_EQ(0, tracefs_clear());
	ASSERT_EQ(0, tracefs_enable_event(TRACEFS_CREATE_RULESET_ENABLE, true));
	EXPECT_EQ(0, store_denied(map_fd, slot, DENY_A));
	ASSERT_EQ(0,
		  tracefs_enable_event(TRACEFS_CREATE_RULESET_ENABLE, false));
	ASSERT_EQ(0, bpf_map_lookup_elem(map_fd, &slot, &info));

	EXPECT_EQ(0, info.version);
	snprintf(text, sizeof(text), "ruleset=%llx.%llu ", info.id,
		 info.version);
	trace = tracefs_read_trace();
	ASSERT_NE(NULL, trace);
	EXPECT_NE(NULL, strstr(trace, text))
	{
		TH_LOG("No \"%s\" in:\n%s", text, trace);
	}
	free(trace);
	EXPECT_EQ(0, close(map_fd));
}

/*
 * Types of keys and values, so that any tool can tell the fields by their
 * names.
 */
TEST(btf)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct bpf_map_info map_info = {};
	__u32 len = sizeof(map_info);
	int u32_id, u64_id, key_id, info_id, map_fd;
	struct btf *btf;

	btf = btf__new_empty();
	ASSERT_NE(NULL, btf);
	u32_id = btf__add_int(btf, "u32", 4, 0);
	u64_id = btf__add_int(btf, "u64", 8, 0);
	key_id = btf__add_struct(btf, "key", 4);
	ASSERT_EQ(0, btf__add_field(btf, "index", u32_id, 0, 0));
	info_id = btf__add_struct(btf, "bpf_landlock_ruleset_info", INFO_SIZE);
	ASSERT_EQ(0, btf__add_field(btf, "ruleset_fd", u32_id, 0, 0));
	ASSERT_EQ(0, btf__add_field(btf, "num_rules", u32_id, 32, 0));
	ASSERT_EQ(0, btf__add_field(btf, "id", u64_id, 64, 0));
	ASSERT_EQ(0, btf__add_field(btf, "handled_access_fs", u64_id, 128, 0));
	ASSERT_EQ(0, btf__add_field(btf, "handled_access_net", u64_id, 192, 0));
	ASSERT_EQ(0, btf__add_field(btf, "scoped", u64_id, 256, 0));
	ASSERT_EQ(0, btf__add_field(btf, "version", u64_id, 320, 0));
	ASSERT_EQ(0, btf__add_field(btf, "quiet_access_fs", u64_id, 384, 0));
	ASSERT_EQ(0, btf__add_field(btf, "quiet_access_net", u64_id, 448, 0));
	ASSERT_EQ(0, btf__add_field(btf, "quiet_scoped", u64_id, 512, 0));
	ASSERT_EQ(0, btf__load_into_kernel(btf));

	opts.btf_fd = btf__fd(btf);
	opts.btf_key_type_id = u32_id;
	opts.btf_value_type_id = info_id;
	map_fd = bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET, "rulesets", 4,
				INFO_SIZE, 1, &opts);
	ASSERT_LE(0, map_fd);
	ASSERT_EQ(0, bpf_map_get_info_by_fd(map_fd, &map_info, &len));
	EXPECT_EQ(u32_id, map_info.btf_key_type_id);
	EXPECT_EQ(info_id, map_info.btf_value_type_id);
	EXPECT_EQ(BPF_MAP_TYPE_LANDLOCK_RULESET, map_info.type);
	EXPECT_EQ(0, close(map_fd));

	/* Types that do not match. */
	opts.btf_key_type_id = info_id;
	EXPECT_EQ(-EINVAL,
		  bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET, "rulesets", 4,
				 INFO_SIZE, 1, &opts));
	opts.btf_key_type_id = key_id;
	EXPECT_EQ(-EINVAL,
		  bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET, "rulesets", 4,
				 INFO_SIZE, 1, &opts));
	opts.btf_key_type_id = u32_id;
	opts.btf_value_type_id = u64_id;
	EXPECT_EQ(-EINVAL,
		  bpf_map_create(BPF_MAP_TYPE_LANDLOCK_RULESET, "rulesets", 4,
				 INFO_SIZE, 1, &opts));
	btf__free(btf);
}

TEST_HARNESS_MAIN
