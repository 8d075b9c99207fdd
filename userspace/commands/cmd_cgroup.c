// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock cgroup - Policies of cgroups
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/cgroup.h"
#include "attached.h"
#include "cgroup.skel.h"
#include "cgroupfs.h"
#include "cli.h"
#include "features.h"
#include "lockout.h"
#include "memory.h"
#include "message.h"
#include "pins.h"
#include "policy.h"
#include "policy_files.h"
#include "ruleset.h"
#include "sanitize.h"
#include "unfit.h"
#include "util.h"

struct arguments {
	const struct verb *verb;
	const char *cgroup;
	const char *policy;
	bool all;
	bool allow_lockout;
};

/* Options without a short form. */
#define ALLOW_LOCKOUT 256

/* Lets the kernel take a reference to the ruleset, and store it. */
static int request_set(int program, struct cgroup_request *request)
{
	LIBBPF_OPTS(bpf_test_run_opts, options,
		    .ctx_in = request,
		    .ctx_size_in = sizeof(*request));

	if (bpf_prog_test_run_opts(program, &options))
		return p_err("cannot run the BPF program that stores rulesets: %s",
			     strerror(errno));
	switch (-(int)options.retval) {
	case 0:
		return 0;
	case E2BIG:
		return p_err("there are policies for %d cgroups already",
			     CGROUP_MAX);
	case EBADF:
		return p_err("the kernel cannot take the ruleset of policy \"%s\": out of memory",
			     request->name);
	default:
		return p_err("cannot store the ruleset of policy \"%s\" in a BPF map: %s",
			     request->name, strerror(-(int)options.retval));
	}
}

/* The policy is there before the first program is attached. */
static int pin_and_attach(const struct cgroup_bpf *bpf,
			  struct cgroup_request *request)
{
	struct attached set = {};
	char path[128];
	int err;

	if (request_set(bpf_program__fd(bpf->progs.set), request) ||
	    pins_prepare(&pins_cgroups))
		return -1;
	err = bpf_object__pin_maps(bpf->obj, pins_cgroups.new_dir);
	if (!err) {
		snprintf(path, sizeof(path), "%s/set", pins_cgroups.new_dir);
		err = bpf_program__pin(bpf->progs.set, path);
	}
	if (err)
		p_err("cannot pin BPF maps and programs in %s: %s",
		      pins_cgroups.new_dir, strerror(-err));
	if (err || pins_attach(&pins_cgroups, bpf->obj) ||
	    pins_commit(&pins_cgroups)) {
		pins_discard(&pins_cgroups);
		return -1;
	}
	/* Drop what a former one left. */
	if (pins_settle(&pins_cgroups, &set) < 0)
		return -1;
	attached_close(&set);
	return 0;
}

/* Returns 1 if a cgroup has a policy, 0 if none has, or -1. */
static int any_policy(void)
{
	struct attached set;
	int found;

	found = pins_find(&pins_cgroups, &set);
	if (found <= 0)
		return found;
	attached_close(&set);
	return set.in_force;
}

/* Opens the map of policies, to read them or to make more. */
static int open_map(void)
{
	const int map = pins_open(&pins_cgroups, "cgroups");

	if (map < 0 || pins_fits(map, sizeof(__u64),
				  sizeof(struct cgroup_policy)))
		return map;
	close(map);
	return p_err("another version of execlock put the policies of cgroups in force: \"execlock cgroup clear --all\", then set them again");
}

static int set_first(struct cgroup_request *request)
{
	struct cgroup_bpf *bpf;
	int err;

	bpf = cgroup_bpf__open();
	if (!bpf || memory_load(bpf->skeleton))
		return features_report_refused("cgroup set ...");
	err = pin_and_attach(bpf, request);
	cgroup_bpf__destroy(bpf);
	return err;
}

/* The programs stay attached, of which one is only pinned. */
static int open_program(struct cgroup_bpf *bpf, int map)
{
	char path[128];
	int program;

	snprintf(path, sizeof(path), "%s/set", pins_cgroups.dir);
	program = bpf_obj_get(path);
	if (program >= 0)
		return program;
	/* Its pin was lost. */
	bpf_program__set_autoload(bpf->progs.confine, false);
	if (bpf_map__reuse_fd(bpf->maps.cgroups, map) || cgroup_bpf__load(bpf))
		return features_report_refused("cgroup set ...");
	program = bpf_program__fd(bpf->progs.set);
	if (bpf_obj_pin(program, path))
		return p_err("cannot pin %s: %s", path, strerror(errno));
	return fcntl(program, F_DUPFD_CLOEXEC, 0);
}

static int set_next(struct cgroup_request *request)
{
	struct cgroup_bpf *const bpf = cgroup_bpf__open();
	const int map = bpf ? open_map() :
			      features_report_refused("cgroup set ...");
	int program, err;

	if (map < 0)
		return -1;
	/* Make room. */
	cgroupfs_prune(map);
	program = open_program(bpf, map);
	err = program < 0 ? -1 : request_set(program, request);
	if (program >= 0)
		close(program);
	close(map);
	cgroup_bpf__destroy(bpf);
	return err;
}

static int set_ruleset(const char *cgroup, struct cgroup_request *request)
{
	struct attached set;
	int state;

	if (pins_lock() || cgroupfs_number(cgroup, &request->cgroup) ||
	    cgroupfs_check_level(cgroup, request->cgroup))
		return -1;
	state = pins_settle(&pins_cgroups, &set);
	if (state < 0)
		return -1;
	if (state == PINS_NONE)
		return set_first(request);
	attached_close(&set);
	return set_next(request);
}

static int set_policy(const char *cgroup, struct policy *policy)
{
	struct cgroup_request request = {
		.flags = policy->flags,
		.no_new_privs = policy->no_new_privs,
		.on_error = policy->allow_on_error ? EXECLOCK_ALLOW :
						     EXECLOCK_DENY,
	};
	struct ruleset_options options = {};
	struct features kernel;
	int err;

	features_ask_landlock(&kernel);
	features_ask_bpf(&kernel);
	err = features_need_bpf(&kernel);
	if (err)
		return err;
	options.abi = kernel.landlock_abi;
	options.kernel_abi = kernel.landlock_abi;
	err = ruleset_create(policy, &options, &request.ruleset_fd);
	if (err)
		return err == POLICY_UNUSABLE ? STATUS_POLICY : STATUS_FAILED;
	/* The parser checked that it fits. */
	snprintf(request.name, sizeof(request.name), "%s", policy->name);
	err = set_ruleset(cgroup, &request);
	close(request.ruleset_fd);
	return err ? STATUS_FAILED : STATUS_OK;
}

static __printf(2, 3) void say_of_cgroup(const char *cgroup, const char *fmt,
					 ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	fputs(" in cgroup ", stdout);
	sanitize_print(cgroup);
	putchar('\n');
}

/* Returns the exit status. */
static int check_lockout(const struct arguments *arguments,
			 const struct policy *policy)
{
	if (arguments->allow_lockout)
		return STATUS_OK;
	switch (lockout_check_cgroup(policy, arguments->cgroup)) {
	case 0:
		return STATUS_OK;
	case POLICY_UNUSABLE:
		return STATUS_POLICY;
	default:
		return STATUS_FAILED;
	}
}

static int cgroup_set(const struct arguments *arguments)
{
	json_t *const warnings = json_array();
	struct policy policy;
	int status = STATUS_POLICY;

	p_collect_warnings(warnings);
	pins_lock_early();
	if (!policy_read(&policy, arguments->policy, files_for_others()) &&
	    !unfit_exec_nnp(&policy, "cgroup set"))
		status = check_lockout(arguments, &policy) ?:
			 set_policy(arguments->cgroup, &policy);
	if (status == STATUS_OK) {
		if (policies_report_left_out(&policy, 1))
			status = STATUS_LEFT_OUT;
		if (json_output)
			p_json(json_pack("{s:o, s:s, s:i, s:O}",
					 "cgroup",
					 sanitize_json(arguments->cgroup),
					 "policy", policy.name, "leftOut",
					 (int)policy.left_out, "warnings",
					 warnings));
		else
			say_of_cgroup(arguments->cgroup,
				      "policy \"%s\" is in force",
				      policy.name);
	}
	json_decref(warnings);
	policy_free(&policy);
	return status;
}

/* Without a policy, there is nothing to do for the programs either. */
static int unload_unused(int map)
{
	__u64 number;

	cgroupfs_prune(map);
	if (!bpf_map_get_next_key(map, NULL, &number))
		return 0;
	return pins_remove(&pins_cgroups) < 0 ? -1 : 0;
}

static int clear_policy(const char *cgroup)
{
	__u64 number;
	int map, err;

	if (pins_lock() || cgroupfs_number(cgroup, &number))
		return -1;
	err = any_policy();
	if (err < 0)
		return -1;
	if (err == 0)
		return p_err("cgroup %s has no policy", cgroup);
	map = pins_open(&pins_cgroups, "cgroups");
	if (map < 0)
		return -1;
	if (!bpf_map_delete_elem(map, &number))
		err = unload_unused(map);
	else if (errno == ENOENT)
		err = p_err("cgroup %s has no policy", cgroup);
	else
		err = p_err("cannot clear the policy of cgroup %s: %s", cgroup,
			    strerror(errno));
	close(map);
	return err;
}

/* This also clears what another version set. */
static int clear_all(void)
{
	int removed;

	if (pins_lock())
		return STATUS_FAILED;
	removed = pins_remove(&pins_cgroups);
	if (removed < 0)
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:b}", "clearedAll", removed));
	else
		puts(removed ? "no policy is in force in any cgroup" :
			       "no cgroup had a policy");
	return STATUS_OK;
}

static int cgroup_clear(const struct arguments *arguments)
{
	if (arguments->all)
		return clear_all();
	if (clear_policy(arguments->cgroup))
		return STATUS_FAILED;
	if (json_output)
		p_json(json_pack("{s:o}", "cleared",
				 sanitize_json(arguments->cgroup)));
	else
		say_of_cgroup(arguments->cgroup, "no policy is in force");
	return STATUS_OK;
}

static json_t *describe(__u64 number, const struct cgroup_policy *policy)
{
	const struct cgroup_slot *const slot =
		&policy->slots[policy->version & 1];
	char *const name = cgroupfs_name(number);
	json_t *entry;

	/* What was removed has no name. */
	entry = json_pack("{s:I, s:o?, s:s, s:I, s:I, s:s}",
			  "id", (json_int_t)number,
			  "cgroup", name ? sanitize_name(name) : NULL,
			  "policy", slot->name,
			  "hits", (json_int_t)policy->hits,
			  "errors", (json_int_t)policy->errors,
			  "onError", slot->on_error == EXECLOCK_ALLOW ?
				     "allow" : "deny");
	free(name);
	return entry;
}

static json_t *describe_all(int map)
{
	__u64 number, *previous = NULL;
	struct cgroup_policy policy;
	json_t *const list = json_array();

	while (!bpf_map_get_next_key(map, previous, &number)) {
		if (!bpf_map_lookup_elem(map, &number, &policy))
			json_array_append_new(list, describe(number, &policy));
		previous = &number;
	}
	return list;
}

static void print(const json_t *list)
{
	const json_t *entry;
	size_t i;

	printf("%-24s %10s %10s  %s\n", "POLICY", "HITS", "ERRORS", "CGROUP");
	json_array_foreach(list, i, entry) {
		const json_t *const cgroup = json_object_get(entry, "cgroup");

		printf("%-24s %10lld %10lld  %s\n",
		       json_string_value(json_object_get(entry, "policy")),
		       json_integer_value(json_object_get(entry, "hits")),
		       json_integer_value(json_object_get(entry, "errors")),
		       json_is_string(cgroup) ? json_string_value(cgroup) :
						"(removed)");
	}
}

static int cgroup_list(const struct arguments *arguments)
{
	json_t *list;
	int err, map;

	err = any_policy();
	if (err < 0)
		return STATUS_FAILED;
	if (err) {
		map = open_map();
		if (map < 0)
			return STATUS_FAILED;
		list = describe_all(map);
		close(map);
	} else {
		list = json_array();
	}
	if (json_output)
		return p_json(json_pack("{s:o}", "cgroups", list)) ?
		       STATUS_FAILED : STATUS_OK;
	if (err)
		print(list);
	else
		puts("no cgroup has a policy");
	json_decref(list);
	return STATUS_OK;
}

static const struct verb {
	const char *name;
	int (*run)(const struct arguments *arguments);
	bool cgroup;	/* What it takes. */
	bool policy;
	bool all;	/* What it takes in place of a cgroup. */
} verbs[] = {
	{ "set", cgroup_set, .cgroup = true, .policy = true },
	{ "clear", cgroup_clear, .cgroup = true, .all = true },
	{ "list", cgroup_list },
};

#define ACTIONS "expected set, clear or list"

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static error_t parse_cgroup(int key, char *arg, struct argp_state *state)
{
	struct arguments *const arguments = state->input;

	switch (key) {
	case ALLOW_LOCKOUT:
		arguments->allow_lockout = true;
		return 0;
	case 'a':
		arguments->all = true;
		return 0;
	case 'p':
		arguments->policy = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (!arguments->verb) {
			arguments->verb = find_verb(arg);
			if (!arguments->verb)
				argp_error(state, "unknown action \"%s\": " ACTIONS, arg);
		} else if (arguments->verb->cgroup && !arguments->cgroup) {
			arguments->cgroup = arg;
		} else {
			argp_error(state, "unexpected argument \"%s\"", arg);
		}
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no action: " ACTIONS);
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_SUCCESS:
		if (arguments->all && !arguments->verb->all)
			argp_error(state, "--all is only for \"clear\"");
		if (arguments->all && arguments->cgroup)
			argp_error(state, "\"clear\" takes a cgroup or --all, not both");
		if (arguments->verb->cgroup && !arguments->cgroup &&
		    !arguments->all)
			argp_error(state, "no cgroup: name one, as in /proc/PID/cgroup");
		if (arguments->verb->policy && !arguments->policy)
			argp_error(state, "no policy: add --policy FILE");
		if (!arguments->verb->policy && arguments->policy)
			argp_error(state, "--policy is only for \"set\"");
		if (!arguments->verb->policy && arguments->allow_lockout)
			argp_error(state, "--allow-lockout is only for \"set\"");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp cgroup_argp = {
	.options = (const struct argp_option[]) {
		{ "policy", 'p', "FILE", 0,
		  "The policy; its \"match\" plays no part", 0 },
		{ "all", 'a', NULL, 0, "Clear the policies of all cgroups", 0 },
		{ "allow-lockout", ALLOW_LOCKOUT, NULL, 0,
		  "Also set a policy under which execlock could not clear it again",
		  0 },
		{}
	},
	.parser = parse_cgroup,
	.children = common_options,
	.args_doc = "set CGROUP --policy FILE\nclear CGROUP\nclear --all\nlist",
	.doc =
"Put what is executed in a cgroup under a policy, whatever its file.\n"
"\vThe policy of a cgroup is for the cgroups in it, too, except for those that\n"
"have one themselves.  What \"execlock load\" put in force applies as well.\n"
"  set CGROUP      put a policy in force, in place of the one that is\n"
"  clear CGROUP    end it for what is executed from now on\n"
"  clear --all     end all of them\n"
"  list            show the policies, and how often each was enforced (HITS) and\n"
"                  could not be (ERRORS)\n"
"\n"
"A CGROUP is named as in /proc/PID/cgroup, e.g. /system.slice/cron.service.\n"
"Its policy goes when it is removed, e.g. because the service stops.\n"
"A CGROUP is refused that has execlock in it, or what execlock was started from.\n"
"A policy with \"execNoNewPrivs\": true is refused, and so is a FILE that others\n"
"than root may write.\n"
"\n"
"Exit status: 0 done; 1 the system did not do it, and nothing was changed; 2\n"
"wrong command line; 3 wrong policy; 4 the kernel lacks something; 5 done, but\n"
"without rules whose paths are missing.\n",
};

int cmd_cgroup(int argc, char **argv)
{
	struct arguments arguments = {};

	argp_parse(&cgroup_argp, argc, argv, 0, NULL, &arguments);
	return arguments.verb->run(&arguments);
}
