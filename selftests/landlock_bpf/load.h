/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock tests - Helpers for programs that the verifier must accept or refuse
 *
 * Requires landlock_bpf.h to be included first.
 */

#ifndef _LOAD_H
#define _LOAD_H

#include <stdarg.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define NOT_ALLOWED(_kfunc) "calling kernel function " _kfunc " is not allowed"

/**
 * struct load_answer - Answer of the verifier to the program of a variant
 *
 * @message: Expected message, or NULL if the program is right.
 * @error: Expected error, or 0 for any of EINVAL and EACCES.
 */
struct load_answer {
	const char *message;
	int error;
};

/* Variants, each with the name of its program. */
#define ACCEPTED { }
#define REFUSED(_message) { .answer.message = (_message) }
#define REFUSED_WITH(_error, _message) \
	{ .answer.message = (_message), .answer.error = (_error) }

static char load_log[65536];

static int load_no_print(enum libbpf_print_level level, const char *format,
			 va_list args)
{
	return 0;
}

/* Returns the name of the variant that the test is run with. */
static const char *load_name(const struct __test_metadata *const _metadata)
{
	const struct __fixture_variant_metadata *variant;

	for (variant = _metadata->fixture->variant; variant;
	     variant = variant->next)
		if (variant->data == _metadata->variant)
			return variant->name;

	return "";
}

/* Loads one program of an open object, and expects the verifier's answer. */
static void load_expect(struct __test_metadata *const _metadata,
			struct bpf_object *const obj,
			const struct load_answer *const answer)
{
	const char *const name = load_name(_metadata);
	struct bpf_program *prog;
	int err;

	libbpf_set_print(load_no_print);
	prog = bpf_object__find_program_by_name(obj, name);
	ASSERT_NE(NULL, prog)
	{
		TH_LOG("There is no program %s", name);
	}
	ASSERT_EQ(0, bpf_program__set_autoload(prog, true));
	ASSERT_EQ(0, bpf_program__set_log_buf(prog, load_log,
					      sizeof(load_log)));
	ASSERT_EQ(0, bpf_program__set_log_level(prog, 1));

	err = bpf_object__load(obj);
	if (!answer->message) {
		EXPECT_EQ(0, err)
		{
			TH_LOG("%s is refused: %s", name, load_log);
		}
		return;
	}

	EXPECT_TRUE(answer->error ? err == answer->error :
				    err == -EINVAL || err == -EACCES)
	{
		TH_LOG("%s is not refused: %d", name, err);
	}
	EXPECT_NE(NULL, strstr(load_log, answer->message))
	{
		TH_LOG("No \"%s\" in:\n%s", answer->message, load_log);
	}
}

#endif /* _LOAD_H */
