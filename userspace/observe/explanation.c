// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Say which policies an exec would get, and why
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/mask.h"
#include "explanation.h"
#include "mode.h"
#include "path_lookup.h"
#include "policy.h"
#include "policy_names.h"
#include "sanitize.h"
#include "userns_caps.h"

/* The names of the policies that the process is under. */
static json_t *describe_under(const struct explanation *explanation)
{
	json_t *const names = json_array();
	const struct execlock_under *under;
	__u32 i;

	if (!explanation->found)
		return names;
	under = &explanation->matcher.answer->task.under;
	for (i = 0; i < under->count && i < EXECLOCK_LAYERS; i++) {
		const char *const name = policy_names_of_policy(under->ids[i]);

		/* One that was not loaded for long has no name any more. */
		json_array_append_new(names, name ? json_string(name) :
						    json_null());
	}
	return names;
}

static json_t *describe_context(const struct explanation *explanation)
{
	const struct context *const context = &explanation->context;
	json_t *const groups = json_array();
	size_t i;

	for (i = 0; i < context->num_groups; i++)
		json_array_append_new(groups,
				      json_integer(context->groups[i]));
	return json_pack("{s:i, s:I, s:o, s:o, s:s, s:o, s:o}",
			 "pid", (int)context->pid,
			 "user", (json_int_t)context->user,
			 "groups", groups,
			 "cgroup", sanitize_name(context->cgroup),
			 "userNamespace",
			 context->other_namespace ? "other" : "initial",
			 "login", context->login == EXECLOCK_UNSET ?
			 json_string("unset") : json_integer(context->login),
			 "under", describe_under(explanation));
}

static json_t *describe_files(const struct explanation *explanation)
{
	const struct exec_files *const files = &explanation->files;
	json_t *const list = json_array();
	size_t i;

	for (i = 0; i < files->count; i++)
		json_array_append_new(list, sanitize_name(files->names[i]));
	return list;
}

static json_t *describe_layer(const struct explanation *explanation,
			      const struct explain_layer *layer)
{
	struct execlock_policy policy;

	if (loaded_policy(&explanation->loaded, layer->index, &policy))
		return NULL;
	return json_pack("{s:s, s:s, s:o, s:b, s:b, s:b, s:s}",
			 "policy", policy.name, "mode",
			 mode_name(policy.flags, policy.trial), "file",
			 sanitize_name(explanation->files.names[layer->file]),
			 "already", layer->known, "room", layer->room,
			 "noNewPrivs", layer->no_new_privs, "onError",
			 policy.on_error == EXECLOCK_ALLOW ? "allow" : "deny");
}

static json_t *describe_layers(const struct explanation *explanation)
{
	const struct explain_answer *const answer =
		explanation->matcher.answer;
	const __u32 count = explanation->found ? answer->num_layers : 0;
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < count; i++) {
		json_t *const layer =
			describe_layer(explanation, &answer->layers[i]);

		if (!layer) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, layer);
	}
	return list;
}

static json_t *describe_conditions(const struct explanation *explanation,
				   __u32 index)
{
	const struct execlock_header *const header =
		&explanation->loaded.header;
	const struct explain_answer *const answer =
		explanation->matcher.answer;
	json_t *const conditions = json_object();
	int i;

	for (i = 0; i < EXECLOCK_CONDITIONS; i++)
		if (!mask_has(&header->lacking[i], index))
			json_object_set_new(conditions,
					    policy_condition_name(i),
					    json_boolean(mask_has(&answer->holds[i],
								  index)));
	return conditions;
}

/* The default holds if no policy says something of user namespaces. */
static json_t *describe_default(const struct explanation *explanation)
{
	const bool holds = !explanation->matcher.answer->userns.bounded;

	return json_pack("{s:b}", "default", holds);
}

static json_t *describe_policy(const struct explanation *explanation,
			       __u32 index)
{
	const struct explain_answer *const answer =
		explanation->matcher.answer;
	struct execlock_policy policy;

	if (loaded_policy(&explanation->loaded, index, &policy))
		return NULL;
	return json_pack("{s:s, s:s, s:b, s:o}", "name", policy.name, "mode",
			 mode_name(policy.flags, policy.trial), "applies",
			 policy.is_default ? !answer->userns.bounded :
			 mask_has(&answer->found, index), "conditions",
			 policy.is_default ? describe_default(explanation) :
			 describe_conditions(explanation, index));
}

static json_t *describe_policies(const struct explanation *explanation)
{
	const __u32 count = explanation->found ?
			    explanation->loaded.header.policies : 0;
	json_t *const list = json_array();
	__u32 i;

	for (i = 0; i < count; i++)
		if (json_array_append_new(list,
					  describe_policy(explanation, i))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* What the program would have in user namespaces; null if nothing bounds it. */
static json_t *describe_userns(const struct explanation *explanation)
{
	const struct execlock_header *const header =
		&explanation->loaded.header;
	const struct execlock_userns *userns;

	if (!explanation->found)
		return json_null();
	userns = &explanation->matcher.answer->userns;
	if (userns->bounded)
		return userns_caps_describe(~userns->lost);
	return header->has_default ?
	       userns_caps_describe(~header->default_lost) : json_null();
}

json_t *explanation_describe(const struct explanation *explanation)
{
	json_t *const layers = describe_layers(explanation);
	json_t *const policies = layers ? describe_policies(explanation) : NULL;

	if (!policies) {
		json_decref(layers);
		return NULL;
	}
	return json_pack("{s:I, s:o, s:b, s:o?, s:o, s:o, s:o, s:o}",
			 "generation", (json_int_t)(explanation->found ?
				       explanation->loaded.generation : 0),
			 "context", describe_context(explanation),
			 "shell", explanation->files.shell,
			 "unsure", *explanation->files.unsure ?
			 sanitize_name(explanation->files.unsure) : NULL,
			 "files", describe_files(explanation),
			 "layers", layers,
			 "userNamespaceCapabilities",
			 describe_userns(explanation),
			 "policies", policies);
}

static const char *get_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void print_under(const json_t *context)
{
	const json_t *const under = json_object_get(context, "under");
	const json_t *name;
	size_t i;

	printf("process %lld is under ",
	       json_integer_value(json_object_get(context, "pid")));
	if (!json_array_size(under))
		fputs("no policy", stdout);
	json_array_foreach(under, i, name)
		printf("%s%s", i ? ", " : "", json_is_string(name) ?
		       json_string_value(name) : "(no longer loaded)");
	putchar('\n');
}

static void print_layers(const json_t *answer)
{
	const json_t *const files = json_object_get(answer, "files");
	const json_t *const layers = json_object_get(answer, "layers");
	const json_t *layer;
	size_t i;

	printf("%s would get %zu %s%s\n",
	       json_string_value(json_array_get(files, 0)),
	       json_array_size(layers),
	       json_array_size(layers) == 1 ? "layer" : "layers",
	       json_array_size(layers) ? ", from the outermost:" : "");
	json_array_foreach(layers, i, layer) {
		printf("%3zu  %-24s because of %s", i + 1,
		       get_text(layer, "policy"), get_text(layer, "file"));
		if (mode_is_permissive(layer))
			printf(", %s", get_text(layer, "mode"));
		if (json_is_true(json_object_get(layer, "already")))
			fputs(", which it is under already", stdout);
		if (json_is_true(json_object_get(layer, "noNewPrivs")))
			fputs(", sets no_new_privs", stdout);
		if (!json_is_true(json_object_get(layer, "room")))
			printf(" (too many: %s)",
			       strcmp(get_text(layer, "onError"), "allow") ?
			       "the exec is denied" : "left out");
		putchar('\n');
	}
}

static void print_userns(const json_t *caps)
{
	char *text;

	if (json_is_null(caps))
		return;
	text = userns_caps_text(caps);
	printf("capabilities in user namespaces: %s\n", text ?: "");
	free(text);
}

static void print_policies(const json_t *policies)
{
	const json_t *policy, *holds;
	const char *condition;
	size_t i;

	printf("\n%-24s %-8s %s\n", "POLICY", "APPLIES", "CONDITIONS");
	json_array_foreach(policies, i, policy) {
		const char *between = "";

		printf("%-24s %-8s ", get_text(policy, "name"),
		       json_is_true(json_object_get(policy, "applies")) ?
		       "yes" : "no");
		json_object_foreach(json_object_get(policy, "conditions"),
				    condition, holds) {
			printf("%s%s: %s", between, condition,
			       json_is_true(holds) ? "yes" : "no");
			between = ", ";
		}
		if (mode_is_permissive(policy))
			printf(" (%s)", get_text(policy, "mode"));
		putchar('\n');
	}
}

void explanation_print(const struct explanation *explanation,
		       const json_t *answer)
{
	if (!explanation->found) {
		puts("no policy is in force");
		return;
	}
	if (explanation->pid)
		print_under(json_object_get(answer, "context"));
	if (explanation->files.shell)
		printf("%s has no format that the kernel executes: execvp(3) and most shells execute %s instead; bash reads it without an exec, under the policies that it is under itself\n",
		       explanation->command, PATH_LOOKUP_SHELL);
	if (*explanation->files.unsure)
		printf("the BPF handler \"%s\" of binfmt_misc may have an interpreter executed that is not known here\n",
		       explanation->files.unsure);
	print_layers(answer);
	print_userns(json_object_get(answer, "userNamespaceCapabilities"));
	print_policies(json_object_get(answer, "policies"));
}
