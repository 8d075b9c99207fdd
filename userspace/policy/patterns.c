// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Paths of rules whose last component stands for several names
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "patterns.h"
#include "resolve.h"
#include "sanitize.h"

bool pattern_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *tried = NULL;

	if (*name == '.' && *pattern != '.')
		return false;
	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			tried = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			/* The last "*" takes one character more. */
			pattern = star + 1;
			name = ++tried;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

/* The names that match, until they are sorted. */
struct names {
	char **names;
	size_t count;
};

static void free_names(struct names *names)
{
	while (names->count)
		free(names->names[--names->count]);
	free(names->names);
}

static int add_name(struct names *names, const char *name)
{
	char **more;

	more = reallocarray(names->names, names->count + 1, sizeof(*more));
	if (!more)
		return -1;
	names->names = more;
	more[names->count] = strdup(name);
	return more[names->count++] ? 0 : -1;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns 0, or a negative error number; -E2BIG for too many names. */
static int add_matches(struct names *names, const char *last, DIR *list)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(list))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    !pattern_matches(last, entry->d_name))
			continue;
		if (names->count == PATTERN_MATCHES)
			return -E2BIG;
		if (add_name(names, entry->d_name))
			return -ENOMEM;
	}
	return -errno;
}

/* Returns as add_matches(). */
static int read_names(struct names *names, const char *last, int dir)
{
	const int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list;
	int err;

	if (fd < 0)
		return -errno;
	list = fdopendir(fd);
	if (!list) {
		err = -errno;
		close(fd);
		return err;
	}
	err = add_matches(names, last, list);
	closedir(list);
	/* The same names make the same ruleset. */
	if (names->count)
		qsort(names->names, names->count, sizeof(*names->names),
		      compare);
	return err;
}

static int add_rules(struct config *config, const struct path_rule *rule,
		     int directory, const struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++) {
		struct path_rule match = *rule;

		match.of_pattern = true;
		if (asprintf(&match.path, "%.*s%s", directory, rule->path,
			     names->names[i]) < 0)
			match.path = NULL;
		if (!match.path || config_add_path(config, &match)) {
			free(match.path);
			return p_err("out of memory");
		}
	}
	return 0;
}

/* Makes the rules, or reports why there are none. */
static int expand_in(struct policy *policy, struct path_pattern *pattern,
		     const char *last, int dir)
{
	const struct path_rule *const rule = &pattern->rule;
	struct names names = {};
	char *why = NULL;
	int err;

	err = -read_names(&names, last, dir);
	pattern->matches = err ? 0 : names.count;
	if (err == ENOMEM || err == EMFILE || err == ENFILE) {
		err = policy_path_err(policy, rule, "cannot read the directory of %s: %s",
				      rule->path, strerror(err));
	} else if (err == E2BIG) {
		policy_path_err(policy, rule, "%s stands for more than %d names: name the directory",
				rule->path, PATTERN_MATCHES);
		err = POLICY_UNUSABLE;
	} else if (err || !names.count) {
		if (asprintf(&why, err ? "cannot read the directory of %s: %s" :
					 "%s stands for no name%s", rule->path,
			     err ? strerror(err) : "") < 0)
			why = NULL;
		err = policy_path_leave_out(policy, rule, why);
	} else {
		err = add_rules(&policy->config, rule, last - rule->path,
				&names);
	}
	free(why);
	free_names(&names);
	return err;
}

int pattern_expand(struct policy *policy, struct path_pattern *pattern,
		   bool relative)
{
	const struct path_rule *const rule = &pattern->rule;
	const char *const slash = strrchr(rule->path, '/');
	const char *const last = slash ? slash + 1 : rule->path;
	enum resolve_result result;
	struct resolved resolved;
	char dir[PATH_MAX];
	int err;

	if (pattern->expanded)
		return 0;
	pattern->expanded = true;
	if (rule->path[0] != '/' && !relative) {
		policy_relative_err(policy, rule);
		return POLICY_UNUSABLE;
	}
	/* With its last slash, so that "/" is one, too. */
	snprintf(dir, sizeof(dir), "%.*s", (int)(last - rule->path),
		 rule->path);
	result = resolve(*dir ? dir : ".", &policy->trust, RESOLVE_DIRECTORY,
			 &resolved);
	if (result == RESOLVED)
		err = expand_in(policy, pattern, last, resolved.fd);
	else
		err = policy_path_unresolved(policy, rule, &resolved, result);
	resolve_release(&resolved);
	return err;
}

json_t *patterns_list(const struct policy *policies, size_t count)
{
	json_t *const list = json_array();
	size_t i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < policies[i].config.num_patterns; j++) {
			const struct path_pattern *const pattern =
				&policies[i].config.patterns[j];

			json_array_append_new(list,
					      json_pack("{s:s, s:s, s:I}",
							"policy",
							policies[i].name,
							"path",
							pattern->rule.path,
							"matches",
							(json_int_t)pattern->matches));
		}
	return list;
}

void patterns_print(const struct policy *policies, size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < policies[i].config.num_patterns; j++) {
			const struct path_pattern *const pattern =
				&policies[i].config.patterns[j];

			sanitize_print(pattern->rule.path);
			printf(" of policy %s stands for %zu %s\n",
			       policies[i].name, pattern->matches,
			       pattern->matches == 1 ? "path" : "paths");
		}
}
