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

static char load_log[65536];

static int load_no_print(enum libbpf_print_level level, const char *format,
			 va_list args)
{
	return 0;
}

/*
 * Loads one program of an open object, and expects the verifier to refuse it
 * with @message, or to accept it if this is NULL.
 */
static void __maybe_unused load_expect(struct __test_metadata *const _metadata,
				       struct bpf_object *const obj,
				       const char *const name,
				       const char *const message)
{
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
	if (!message) {
		EXPECT_EQ(0, err)
		{
			TH_LOG("%s is refused: %s", name, load_log);
		}
		return;
	}

	EXPECT_TRUE(err == -EINVAL || err == -EACCES)
	{
		TH_LOG("%s is not refused: %d", name, err);
	}
	EXPECT_NE(NULL, strstr(load_log, message))
	{
		TH_LOG("No \"%s\" in:\n%s", message, load_log);
	}
}

#endif /* _LOAD_H */
