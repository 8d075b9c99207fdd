// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock features - Show which features the kernel supports
 */

#include <stdio.h>

#include "cli.h"
#include "features.h"
#include "message.h"

static const struct argp features_argp = {
	.children = common_options,
	.doc =
"Show which features that execlock needs are supported by the kernel.\n"
"\vExit status: 0 the kernel supports all of them; 1 an operation failed; 2 wrong\n"
"command line; 4 a feature is missing.\n",
};

static const char *yes(bool value)
{
	return value ? "yes" : "no";
}

static void print_userns_mask(void)
{
	unsigned long long mask;

	if (features_userns_mask(&mask))
		printf("sysctl kernel.cap_bound_userns_mask:        %016llx\n",
		       mask);
	else
		printf("sysctl kernel.cap_bound_userns_mask:        no\n");
}

static json_t *describe_userns_mask(void)
{
	unsigned long long mask;
	char text[32];

	if (!features_userns_mask(&mask))
		return json_null();
	snprintf(text, sizeof(text), "%016llx", mask);
	return json_string(text);
}

static void print(const struct features *kernel)
{
	if (kernel->landlock_abi)
		printf("Landlock:                                   ABI %d\n",
		       kernel->landlock_abi);
	else
		printf("Landlock:                                   no\n");
	printf("quiet rules (Landlock ABI 10):              %s\n",
	       yes(features_can_be_quiet(kernel)));
	printf("rules for names (places):                   %s\n",
	       yes(kernel->places));
	printf("landlock_restrict_self(2), at exec time:    %s\n",
	       yes(kernel->exectime));
	printf("permissive layers, for trials:              %s\n",
	       yes(kernel->permissive));
	if (kernel->map_type)
		printf("BPF map type landlock_ruleset:              %d\n",
		       kernel->map_type);
	else
		printf("BPF map type landlock_ruleset:              no\n");
	printf("BPF function bpf_landlock_restrict_binprm:  %s\n",
	       yes(kernel->restrict_binprm));
	printf("BPF function bpf_lsm_policy_replace:        %s\n",
	       yes(kernel->live));
	printf("BPF function bpf_bprm_set_no_new_privs:     %s\n",
	       yes(kernel->no_new_privs));
	printf("BPF function bpf_bprm_drop_userns_caps:     %s\n",
	       yes(kernel->userns_caps));
	printf("BPF programs as LSM hooks:                  %s\n",
	       yes(kernel->bpf_lsm));
	printf("login user, for \"login\" (CONFIG_AUDIT):     %s\n",
	       yes(kernel->login));
	print_userns_mask();
	printf("\n");
	printf("execlock run can work:                      %s\n",
	       yes(features_can_run(kernel)));
	printf("execlock load can work:                     %s\n",
	       yes(features_can_load(kernel)));
}

static int print_json(const struct features *kernel)
{
	return p_json(json_pack("{s:i, s:b, s:b, s:b, s:b, s:i, s:b, s:b, s:b, s:b, s:o, s:b, s:b, s:b, s:b}",
				"landlockAbi", kernel->landlock_abi,
				"quietRules", features_can_be_quiet(kernel),
				"places", kernel->places,
				"exectime", kernel->exectime,
				"permissive", kernel->permissive,
				"rulesetMapType", kernel->map_type,
				"restrictBinprm", kernel->restrict_binprm,
				"policyReplace", kernel->live,
				"bprmNoNewPrivs", kernel->no_new_privs,
				"usernsCaps", kernel->userns_caps,
				"usernsMask", describe_userns_mask(),
				"bpfLsm", kernel->bpf_lsm,
				"login", kernel->login,
				"run", features_can_run(kernel),
				"load", features_can_load(kernel)));
}

int cmd_features(int argc, char **argv)
{
	struct features kernel;

	argp_parse(&features_argp, argc, argv, 0, NULL, NULL);
	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	if (features_asked(&kernel))
		return STATUS_FAILED;
	if (json_output)
		print_json(&kernel);
	else
		print(&kernel);
	return features_can_load(&kernel) ? STATUS_OK : STATUS_KERNEL;
}
