// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of landlock_restrict_self(2), which executes another one
 */

#include "doc.h"

#define main example_main
#include "text/landlock_exectime.c"
#undef main

#define EXAMPLE "landlock_exectime.c"
#define LOG "/log"

/* Returns 0 if it can neither write to a file nor create one. */
static int try_to_write(void)
{
	const int to = open(PUBLIC, O_WRONLY);
	const int created = open("/created", O_WRONLY | O_CREAT, 0644);

	return to < 0 && created < 0 && can_read(PUBLIC) ? 0 : 1;
}

static int started(char *program)
{
	char *arguments[] = { EXAMPLE, LOG, program, "write", NULL };
	const pid_t pid = fork();

	need(pid >= 0, "cannot make a process");
	if (pid)
		return status_of(pid);
	exit(example_main(4, arguments));
}

int main(int argc, char *argv[])
{
	char *few[] = { EXAMPLE, NULL };
	char text[256] = "";
	FILE *file;

	if (argc == 2 && strcmp(argv[1], "write") == 0)
		return try_to_write();
	start(argc, argv);
	make_copy(0755);
	is(EXAMPLE, started(COPY), 0,
	   "the other program can neither write nor create");
	is(EXAMPLE, access(LOG, F_OK), -1, "nothing is logged for it");
	is(EXAMPLE, started("/missing"), 1, "another one cannot be executed");
	file = fopen(LOG, "r");
	if (file) {
		fgets(text, sizeof(text), file);
		fclose(file);
	}
	is(EXAMPLE, strcmp(text, "/missing: No such file or directory\n"), 0,
	   "which is logged");
	is(EXAMPLE, example_main(1, few), 2, "it takes arguments");
	printf("1..%d\n", tests);
	return 0;
}
