// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock tests - BPF_MAP_TYPE_LANDLOCK_RULESET, as user space sees it
 */

#include "landlock_bpf.h"
#include "ruleset_map.h"

/* Not an errno for user space, but user space gets it. */
#define ENOTSUPP 524

FIXTURE(create)
{
};

FIXTURE_VARIANT(create)
{
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	int error;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, info) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, fd) {
	/* clang-format on */
	.key_size = 4,
	.value_size = FD_SIZE,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, many_entries) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 100000,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, numa_node) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_NUMA_NODE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, rdonly) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_RDONLY,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, wronly) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_WRONLY,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, rdonly_prog) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_RDONLY_PROG,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, no_entry) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, small_key) {
	/* clang-format on */
	.key_size = 2,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, large_key) {
	/* clang-format on */
	.key_size = 8,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, no_value) {
	/* clang-format on */
	.key_size = 4,
	.max_entries = 1,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, value_3) {
	/* clang-format on */
	.key_size = 4,
	.value_size = 3,
	.max_entries = 1,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, value_5) {
	/* clang-format on */
	.key_size = 4,
	.value_size = 5,
	.max_entries = 1,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, value_7) {
	/* clang-format on */
	.key_size = 4,
	.value_size = 7,
	.max_entries = 1,
	.error = -EINVAL,
};

/* Others may know less or more of the description. */

/* clang-format off */
FIXTURE_VARIANT_ADD(create, value_8) {
	/* clang-format on */
	.key_size = 4,
	.value_size = 8,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, small_info) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE - 8,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, large_info) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE + 8,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, odd_info) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE + 1,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, largest_info) {
	/* clang-format on */
	.key_size = 4,
	.value_size = 4096,
	.max_entries = 1,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, too_large_info) {
	/* clang-format on */
	.key_size = 4,
	.value_size = 4097,
	.max_entries = 1,
	.error = -E2BIG,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, rdonly_and_wronly_prog) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, wronly_prog) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_WRONLY_PROG,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, no_prealloc) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_NO_PREALLOC,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, mmapable) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_MMAPABLE,
	.error = -EINVAL,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(create, inner_map) {
	/* clang-format on */
	.key_size = 4,
	.value_size = INFO_SIZE,
	.max_entries = 1,
	.map_flags = BPF_F_INNER_MAP,
	.error = -EINVAL,
};

FIXTURE_SETUP(create)
{
}

FIXTURE_TEARDOWN(create)
{
}

TEST_F(create, check)
{
	const int fd = create_map(variant->key_size, variant->value_size,
				  variant->max_entries, variant->map_flags);

	if (variant->error) {
		EXPECT_EQ(variant->error, fd);
		return;
	}

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, close(fd));
}

/* With any arguments, only privileged users can create a map. */
TEST_F(create, without_cap_bpf)
{
	int fd;

	drop_caps(_metadata);
	fd = create_map(variant->key_size, variant->value_size,
			variant->max_entries, variant->map_flags);
	/* Arguments are checked before privileges. */
	EXPECT_EQ(variant->error ?: -EPERM, fd);
}

/* Both kinds of values. */
FIXTURE(map)
{
	int fd;
	int ruleset_fd;
};

FIXTURE_VARIANT(map)
{
	__u32 value_size;
	__u32 map_flags;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, info) {
	/* clang-format on */
	.value_size = INFO_SIZE,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(map, fd) {
	/* clang-format on */
	.value_size = FD_SIZE,
};

FIXTURE_SETUP(map)
{
	self->fd = create_map(4, variant->value_size, NUM_ENTRIES, 0);
	ASSERT_LE(0, self->fd);
	self->ruleset_fd = exectime_ruleset(DENY_A);
	ASSERT_LE(0, self->ruleset_fd);
}

FIXTURE_TEARDOWN(map)
{
	EXPECT_EQ(0, close(self->ruleset_fd));
	EXPECT_EQ(0, close(self->fd));
}

/* The file descriptor is first in both kinds of values. */
static int update(const int map_fd, const __u32 slot, const int ruleset_fd,
		  const __u64 flags)
{
	const struct bpf_landlock_ruleset_info info = {
		.ruleset_fd = ruleset_fd,
	};

	return bpf_map_update_elem(map_fd, &slot, &info, flags);
}

static int delete(const int map_fd, const __u32 slot)
{
	return bpf_map_delete_elem(map_fd, &slot);
}

/* The result of a lookup depends on the kind of values. */
static int lookup_error(const __u32 value_size, const int error)
{
	return value_size == INFO_SIZE ? error : -EOPNOTSUPP;
}

TEST_F(map, update)
{
	for (int i = 0; i < NUM_ENTRIES; i++) {
		EXPECT_EQ(0, update(self->fd, i, self->ruleset_fd, BPF_ANY));
		EXPECT_EQ(lookup_error(variant->value_size, 0),
			  lookup(self->fd, i));
	}
	/* Again. */
	EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));

	EXPECT_EQ(-E2BIG,
		  update(self->fd, NUM_ENTRIES, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(-E2BIG, update(self->fd, -1, self->ruleset_fd, BPF_ANY));
}

TEST_F(map, update_flags)
{
	const __u64 flags[] = {
		BPF_NOEXIST,
		BPF_EXIST,
		BPF_F_LOCK,
		BPF_EXIST | BPF_F_LOCK,
		BPF_F_CPU,
		1ULL << 63,
	};

	/* Empty, then not. */
	for (int i = 0; i < 2; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(flags); j++) {
			EXPECT_EQ(-EINVAL, update(self->fd, 0, self->ruleset_fd,
						  flags[j]))
			{
				TH_LOG("with flags 0x%llx", flags[j]);
			}
		}
		EXPECT_EQ(lookup_error(variant->value_size, i ? 0 : -ENOENT),
			  lookup(self->fd, 0));
		EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	}
}

TEST_F(map, update_fd)
{
	const int other_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char link[32];
	int path_fd;

	ASSERT_LE(0, other_fd);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", self->ruleset_fd);
	path_fd = open(link, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, path_fd);

	/* Empty, then not. */
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(-EBADF, update(self->fd, 0, -1, BPF_ANY));
		EXPECT_EQ(-EBADF, update(self->fd, 0, 1000, BPF_ANY));
		EXPECT_EQ(-EBADF, update(self->fd, 0, path_fd, BPF_ANY));
		EXPECT_EQ(-EBADFD, update(self->fd, 0, other_fd, BPF_ANY));
		EXPECT_EQ(-EBADFD, update(self->fd, 0, self->fd, BPF_ANY));

		/* A failure leaves the slot as it was. */
		EXPECT_EQ(lookup_error(variant->value_size, i ? 0 : -ENOENT),
			  lookup(self->fd, 0));
		EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	}
	EXPECT_EQ(0, close(path_fd));
	EXPECT_EQ(0, close(other_fd));
}

TEST_F(map, lookup)
{
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, 0));
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, NUM_ENTRIES));
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, -1));

	EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 0));
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, 1));
}

TEST_F(map, lookup_flags)
{
	struct bpf_landlock_ruleset_info info;
	const __u32 slot = 0;

	EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(-EINVAL, bpf_map_lookup_elem_flags(self->fd, &slot, &info,
						     BPF_F_LOCK));
	EXPECT_EQ(-ENOTSUPP,
		  bpf_map_lookup_and_delete_elem(self->fd, &slot, &info));
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 0));
}

TEST_F(map, delete)
{
	EXPECT_EQ(-ENOENT, delete(self->fd, 0));
	EXPECT_EQ(-E2BIG, delete(self->fd, NUM_ENTRIES));
	EXPECT_EQ(-E2BIG, delete(self->fd, -1));

	EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(0, update(self->fd, 1, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(0, delete(self->fd, 0));
	EXPECT_EQ(-ENOENT, delete(self->fd, 0));
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, 0));
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 1));

	EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 0));
}

/* As for arrays, all keys exist, even if their slots are empty. */
TEST_F(map, next_key)
{
	const __u32 beyond = 1000;
	__u32 key, next;

	EXPECT_EQ(0, bpf_map_get_next_key(self->fd, NULL, &next));
	EXPECT_EQ(0, next);
	for (key = 0; key < NUM_ENTRIES - 1; key++) {
		EXPECT_EQ(0, bpf_map_get_next_key(self->fd, &key, &next));
		EXPECT_EQ(key + 1, next);
	}
	EXPECT_EQ(-ENOENT, bpf_map_get_next_key(self->fd, &key, &next));
	EXPECT_EQ(0, bpf_map_get_next_key(self->fd, &beyond, &next));
	EXPECT_EQ(0, next);
}

TEST_F(map, freeze)
{
	EXPECT_EQ(0, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(0, bpf_map_freeze(self->fd));
	EXPECT_EQ(-EPERM, bpf_map_freeze(self->fd));

	EXPECT_EQ(-EPERM, update(self->fd, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(-EPERM, update(self->fd, 1, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(-EPERM, delete(self->fd, 0));
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 0));
}

TEST_F(map, fdinfo)
{
	char path[32], line[128];
	long type = -1, memlock = -1, frozen = -1, max_entries = -1;
	int num_fields = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", self->fd);
	file = fopen(path, "re");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "map_type: %ld", &type) == 1 ||
		    sscanf(line, "memlock: %ld", &memlock) == 1 ||
		    sscanf(line, "frozen: %ld", &frozen) == 1 ||
		    sscanf(line, "max_entries: %ld", &max_entries) == 1)
			num_fields++;
	}
	EXPECT_EQ(0, fclose(file));

	EXPECT_EQ(4, num_fields);
	EXPECT_EQ(BPF_MAP_TYPE_LANDLOCK_RULESET, type);
	EXPECT_EQ(NUM_ENTRIES, max_entries);
	EXPECT_EQ(0, frozen);
	/* A pointer for each slot, at least. */
	EXPECT_LE(NUM_ENTRIES * sizeof(void *), memlock);
}

TEST_F(map, access_mode)
{
	const int rdonly = create_map(4, variant->value_size, NUM_ENTRIES,
				      BPF_F_RDONLY);
	const int wronly = create_map(4, variant->value_size, NUM_ENTRIES,
				      BPF_F_WRONLY);

	ASSERT_LE(0, rdonly);
	EXPECT_EQ(-EPERM, update(rdonly, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(-EPERM, delete(rdonly, 0));
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(rdonly, 0));

	ASSERT_LE(0, wronly);
	EXPECT_EQ(0, update(wronly, 0, self->ruleset_fd, BPF_ANY));
	EXPECT_EQ(-EPERM, lookup(wronly, 0));
	EXPECT_EQ(0, delete(wronly, 0));

	EXPECT_EQ(0, close(rdonly));
	EXPECT_EQ(0, close(wronly));
}

/* Only the file descriptor is read, so nothing else can have a meaning. */
TEST_F(map, update_output_fields)
{
	const struct bpf_landlock_ruleset_info infos[] = {
		{ .ruleset_fd = self->ruleset_fd, .num_rules = 1 },
		{ .ruleset_fd = self->ruleset_fd, .id = 1 },
		{ .ruleset_fd = self->ruleset_fd, .handled_access_fs = 1 },
		{ .ruleset_fd = self->ruleset_fd, .handled_access_net = 1 },
		{ .ruleset_fd = self->ruleset_fd, .scoped = 1ULL << 63 },
		{ .ruleset_fd = self->ruleset_fd, .version = 1 },
		{ .ruleset_fd = self->ruleset_fd, .quiet_access_fs = 1 },
		{ .ruleset_fd = self->ruleset_fd, .quiet_access_net = 1 },
		{ .ruleset_fd = self->ruleset_fd, .quiet_scoped = 1ULL << 63 },
	};
	const __u32 slot = 0;

	/* A short value has no such field. */
	for (size_t i = 0; i < ARRAY_SIZE(infos); i++) {
		EXPECT_EQ(variant->value_size == INFO_SIZE ? -EINVAL : 0,
			  bpf_map_update_elem(self->fd, &slot, &infos[i],
					      BPF_ANY))
		{
			TH_LOG("with output field %zu", i);
		}
	}
}

TEST_F(map, batch)
{
	__u32 keys[NUM_ENTRIES] = { 3, 1 }, out_keys[NUM_ENTRIES] = {};
	char values[NUM_ENTRIES][INFO_SIZE] = {};
	struct bpf_landlock_ruleset_info infos[NUM_ENTRIES] = {};
	const int bad_fd = 1000;
	__u32 count, out_batch;
	void *const raw = values;

	/* An update stops at the first error. */
	for (int i = 0; i < 2; i++)
		memcpy(raw + i * variant->value_size, &self->ruleset_fd,
		       sizeof(self->ruleset_fd));
	memcpy(raw + 2 * variant->value_size, &bad_fd, sizeof(bad_fd));
	count = 3;
	EXPECT_EQ(-EBADF,
		  bpf_map_update_batch(self->fd, keys, raw, &count, NULL));
	EXPECT_EQ(2, count);
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 1));
	EXPECT_EQ(lookup_error(variant->value_size, 0), lookup(self->fd, 3));
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, 0));

	/* Empty slots are skipped, and then it is the end. */
	count = NUM_ENTRIES;
	if (variant->value_size == INFO_SIZE) {
		EXPECT_EQ(-ENOENT, bpf_map_lookup_batch(self->fd, NULL,
							&out_batch, out_keys,
							infos, &count, NULL));
		EXPECT_EQ(2, count);
		EXPECT_EQ(1, out_keys[0]);
		EXPECT_EQ(3, out_keys[1]);
		EXPECT_EQ(DENY_A, infos[0].handled_access_fs);
		EXPECT_EQ(infos[0].id, infos[1].id);
	} else {
		EXPECT_EQ(-EOPNOTSUPP,
			  bpf_map_lookup_batch(self->fd, NULL, &out_batch,
					       out_keys, infos, &count, NULL));
	}

	count = 2;
	EXPECT_EQ(0, bpf_map_delete_batch(self->fd, keys, &count, NULL));
	EXPECT_EQ(2, count);
	count = 2;
	EXPECT_EQ(-ENOENT, bpf_map_delete_batch(self->fd, keys, &count, NULL));
	EXPECT_EQ(0, count);
	EXPECT_EQ(lookup_error(variant->value_size, -ENOENT),
		  lookup(self->fd, 1));
}

/* Maps of maps. */
FIXTURE(outer)
{
};

FIXTURE_VARIANT(outer)
{
	enum bpf_map_type type;
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outer, array) {
	/* clang-format on */
	.type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
};

/* clang-format off */
FIXTURE_VARIANT_ADD(outer, hash) {
	/* clang-format on */
	.type = BPF_MAP_TYPE_HASH_OF_MAPS,
};

FIXTURE_SETUP(outer)
{
}

FIXTURE_TEARDOWN(outer)
{
}

TEST_F(outer, inner)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	const int inner = create_info_map(NUM_ENTRIES, 0);
	const int larger = create_info_map(2 * NUM_ENTRIES, 0);
	const int short_value = create_map(4, FD_SIZE, NUM_ENTRIES, 0);
	const int other_flags = create_info_map(NUM_ENTRIES, BPF_F_RDONLY_PROG);
	const int other_type = bpf_map_create(BPF_MAP_TYPE_ARRAY, "array", 4,
					      INFO_SIZE, NUM_ENTRIES, NULL);
	__u32 key = 0, id;
	int outer;

	ASSERT_LE(0, inner);
	ASSERT_LE(0, larger);
	ASSERT_LE(0, short_value);
	ASSERT_LE(0, other_flags);
	ASSERT_LE(0, other_type);
	ASSERT_EQ(0, store_denied(inner, 0, DENY_A));

	opts.inner_map_fd = inner;
	outer = bpf_map_create(variant->type, "outer", 4, 4, 2, &opts);
	ASSERT_LE(0, outer);

	EXPECT_EQ(0, bpf_map_update_elem(outer, &key, &inner, BPF_ANY));
	EXPECT_EQ(0, bpf_map_lookup_elem(outer, &key, &id));
	/* The number of entries is no part of the type. */
	EXPECT_EQ(0, bpf_map_update_elem(outer, &key, &larger, BPF_ANY));

	EXPECT_EQ(-EINVAL,
		  bpf_map_update_elem(outer, &key, &short_value, BPF_ANY));
	EXPECT_EQ(-EINVAL,
		  bpf_map_update_elem(outer, &key, &other_flags, BPF_ANY));
	EXPECT_EQ(-EINVAL,
		  bpf_map_update_elem(outer, &key, &other_type, BPF_ANY));

	/* Dropped by both, in any order. */
	EXPECT_EQ(0, bpf_map_update_elem(outer, &key, &inner, BPF_ANY));
	EXPECT_EQ(0, close(inner));
	EXPECT_EQ(0, close(outer));
	EXPECT_EQ(0, close(larger));
	EXPECT_EQ(0, close(short_value));
	EXPECT_EQ(0, close(other_flags));
	EXPECT_EQ(0, close(other_type));
}

/* Updates, deletions and lookups of the same slots by several processes. */
TEST_F_TIMEOUT(map, concurrent, 120)
{
	const int num = 4;
	int status;

	for (int i = 0; i < num; i++) {
		if (fork())
			continue;

		for (int j = 0; j < 2000; j++) {
			const __u32 slot = j % NUM_ENTRIES;
			int err;

			switch ((i + j / NUM_ENTRIES) % 3) {
			case 0:
				err = update(self->fd, slot, self->ruleset_fd,
					     BPF_ANY);
				if (err)
					_exit(1);
				break;
			case 1:
				err = delete(self->fd, slot);
				if (err && err != -ENOENT)
					_exit(2);
				break;
			default:
				err = lookup(self->fd, slot);
				if (err && err != -ENOENT && err != -EOPNOTSUPP)
					_exit(3);
			}
		}
		_exit(0);
	}

	for (int i = 0; i < num; i++) {
		EXPECT_LT(0, wait(&status));
		EXPECT_EQ(0, status);
	}
}

TEST_HARNESS_MAIN
