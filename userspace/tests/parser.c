// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Parse one policy file and print what came out
 *
 * usage: parser FILE...
 *        parser --system FILE
 *
 * Prints each policy in a form that is easy to compare: one line for each fact.
 * The system's file is printed with the policies that it becomes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "landlock_abi.h"
#include "policy.h"
#include "system_file.h"

static void print_rights(enum rights_kind kind, __u64 rights, bool quiet)
{
	__u64 right;

	for (right = 1; right && right <= rights; right <<= 1)
		if (rights & right)
			printf(" %s", rights_name(kind, right));
	puts(quiet ? " (quiet)" : "");
}

static int print_value(const struct node *node, void *data)
{
	const enum execlock_condition *const condition = data;
	const char *const text = json_string_value(node->json);

	printf("%s ", policy_condition_name(*condition));
	if (text)
		printf("%s\n", text);
	else
		printf("%lld\n", json_integer_value(node->json));
	return 0;
}

static void print_path(const char *title, const struct path_rule *rule)
{
	static const char *const places[] = {
		[PATH_PLACE_UNSAID] = "",
		[PATH_PLACE_NEVER] = " (the file)",
		[PATH_PLACE_ONLY] = " (the name)",
	};

	printf("%s %s%s:", title, rule->path, places[rule->place]);
	print_rights(RIGHTS_FS, rule->allowed, rule->quiet);
}

static void print_config(const struct config *config)
{
	static const char *const titles[RIGHTS_KINDS] = {
		[RIGHTS_FS] = "handled fs:",
		[RIGHTS_NET] = "handled net:",
		[RIGHTS_SCOPE] = "scoped:",
	};
	size_t i;

	for (i = 0; i < RIGHTS_KINDS; i++) {
		if (!config->handled[i])
			continue;
		fputs(titles[i], stdout);
		print_rights(i, config->handled[i], false);
	}
	for (i = 0; i < RIGHTS_KINDS; i++)
		if (config->quiet[i]) {
			printf("quiet, of %s", titles[i]);
			print_rights(i, config->quiet[i], false);
		}
	for (i = 0; i < config->num_paths; i++)
		print_path("path", &config->paths[i]);
	for (i = 0; i < config->num_patterns; i++)
		print_path("pattern", &config->patterns[i].rule);
	for (i = 0; i < config->num_ports; i++) {
		printf("port %u:", config->ports[i].port);
		print_rights(RIGHTS_NET, config->ports[i].allowed,
			     config->ports[i].quiet);
	}
}

static void print_userns(const struct userns_caps *caps)
{
	if (!caps->bounded)
		return;
	printf("user namespaces: program %llx executes %llx%s%s\n", caps->program,
	       caps->executes, caps->executes_said ? "" : " (unsaid)",
	       caps->helper_of[0] ? " helper" : "");
}

static void print(const struct policy *policy)
{
	enum execlock_condition i;
	size_t u;

	printf("policy %s\n", policy->name);
	if (policy->is_default)
		puts("default");
	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		policy_values(policy, i, print_value, &i);
	printf("enforce%s%s%s%s%s%s%s%s%s%s%s%s\n",
	       policy->permissive ? " permissive" : "",
	       policy->no_new_privs == EXECLOCK_NNP_ALWAYS ? " no_new_privs" :
	       policy->no_new_privs == EXECLOCK_NNP_NEVER ? " new_privs" : "",
	       policy->live ? "" : " not_live",
	       policy->exec_no_new_privs ? " exec_no_new_privs" : "",
	       policy->manages_policies ? " manages_policies" : "",
	       policy->other_protocols ? " other_protocols" : "",
	       policy->flags & LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON ?
	       " log_new_exec_on" : "",
	       policy->flags & LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF ?
	       " log_subdomains_off" : "",
	       policy->allow_on_error ? " allow_on_error" : "",
	       policy->best_effort ? " best_effort" : "",
	       policy->if_missing == POLICY_MISSING_SKIP ?
	       " skip_missing" : "",
	       policy->if_missing == POLICY_MISSING_ERROR ?
	       " missing_is_error" : "");
	for (u = 0; u < policy->trust.num_users; u++)
		printf("user's path %s\n", policy->trust.users[u]);
	print_userns(&policy->userns_caps);
	print_config(&policy->config);
}

static int print_system(const char *file)
{
	struct system_file system;
	const json_t *path;
	size_t i;
	int err;

	err = system_file_read(&system, file, false);
	if (!err)
		printf("no new privileges: %s\n",
		       system.no_new_privs ? "on" : "off");
	json_array_foreach(system.exempt, i, path)
		printf("exempt %s\n", json_string_value(path));
	for (i = 0; !err && i < system_file_count(&system); i++) {
		struct policy policy;

		err = system_file_policy(&system, i, &policy, false);
		if (!err)
			print(&policy);
		policy_free(&policy);
	}
	system_file_free(&system);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct policy *policies;
	int i, err = 0;

	if (argc == 3 && strcmp(argv[1], "--system") == 0)
		return print_system(argv[2]);
	if (argc < 2) {
		fputs("usage: parser FILE...\n", stderr);
		return 2;
	}
	policies = calloc(argc - 1, sizeof(*policies));
	if (!policies)
		return 1;
	for (i = 0; !err && i < argc - 1; i++)
		err = policy_read(&policies[i], argv[i + 1], false) ||
		      policies_check_name(policies, i + 1);
	for (i = 0; !err && i < argc - 1; i++)
		print(&policies[i]);
	policies_free(policies, argc - 1);
	return err;
}
