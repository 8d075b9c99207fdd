// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - Capabilities in user namespaces, as policies name them
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hash.h"
#include "userns_caps.h"
#include "util.h"

/* By number, as in <linux/capability.h>, of which older ones have fewer. */
static const char *const names[USERNS_CAPS_KNOWN] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
	"CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
	"CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
	"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE",
	"CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
	"CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
	"CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
	"CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
	"CAP_CHECKPOINT_RESTORE",
};

const char *userns_caps_name(unsigned int cap)
{
	return cap < ARRAY_SIZE(names) ? names[cap] : NULL;
}

/* Finds the name that somebody means who writes "net_admin" or "cap_net_admin". */
static const char *find_similar(const char *name)
{
	const bool prefix = strncasecmp(name, "CAP_", 4) == 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(names[i] + (prefix ? 0 : 4), name) == 0)
			return names[i];
	return NULL;
}

/* Returns false if none has this name. */
static bool find(const char *name, __u64 *caps)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0) {
			*caps |= 1ULL << i;
			return true;
		}
	return false;
}

int userns_caps_find(const char *name, __u64 *caps)
{
	const char *similar;

	if (find(name, caps))
		return 0;
	similar = find_similar(name);
	if (similar)
		return p_err("capability \"%s\" is written \"%s\"", name, similar);
	return p_err("\"%s\" is not the name of a capability; capabilities(7) lists them",
		     name);
}

static int parse_name(const struct node *node, __u64 *caps)
{
	const char *name, *similar;

	if (node_string(node, &name))
		return -1;
	if (find(name, caps))
		return 0;
	similar = find_similar(name);
	if (similar)
		return node_err(node, "is \"%s\", should be \"%s\"", name,
				similar);
	return node_err(node, "\"%s\" is not the name of a capability; capabilities(7) lists them",
			name);
}

static int parse_names(const struct node *node, __u64 *caps)
{
	const size_t size = json_array_size(node->json);
	size_t i;

	/* Unlike elsewhere, an empty array says something. */
	*caps = 0;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);

		if (parse_name(&item, caps))
			return -1;
	}
	return 0;
}

/* An array of names, or that all are meant. */
static int parse_set(const struct node *node, __u64 *caps)
{
	const char *word;

	if (json_is_array(node->json))
		return parse_names(node, caps);
	if (!json_is_string(node->json))
		return node_mismatch(node, "an array or \"all\"");
	if (node_string(node, &word))
		return -1;
	if (strcmp(word, "all"))
		return node_err(node, "is \"%s\", should be an array or \"all\"",
				word);
	*caps = USERNS_CAPS_ALL;
	return 0;
}

static int parse_executes(const struct node *node, struct userns_caps *caps)
{
	if (!node->json)
		return 0;
	if (parse_set(node, &caps->executes))
		return -1;
	caps->executes_said = true;
	if (!(caps->executes & ~caps->program))
		return 0;
	return node_err(node, "has capabilities that the program itself lacks: an exec can drop capabilities, and not add any");
}

static int parse_helper_of(const struct node *node, struct userns_caps *caps)
{
	const char *name;
	size_t i, size;

	if (!node->json)
		return 0;
	if (node_array(node, &size))
		return -1;
	if (size > EXECLOCK_HELPER_OF)
		return node_err(node, "has more than %d names of policies",
				EXECLOCK_HELPER_OF);
	for (i = 0; i < size; i++) {
		const struct node item = node_item(node, i);

		if (node_string(&item, &name))
			return -1;
		caps->helper_of[i] = hash_policy(name);
	}
	return 0;
}

int userns_caps_parse(const struct node *node, struct userns_caps *caps)
{
	static const char *const known[] = {
		"program", "executes", "helperOf", NULL
	};
	const struct node helper_of = node_member(node, "helperOf");
	const struct node program = node_member(node, "program");
	const struct node executes = node_member(node, "executes");

	if (!node->json)
		return 0;
	caps->bounded = true;
	if (json_is_object(node->json)) {
		if (node_object(node, known) ||
		    parse_set(&program, &caps->program))
			return -1;
	} else if (!json_is_array(node->json) && !json_is_string(node->json)) {
		return node_mismatch(node, "an array, \"all\" or an object");
	} else if (parse_set(node, &caps->program)) {
		return -1;
	}
	caps->executes = caps->program;
	return parse_executes(&executes, caps) ||
	       parse_helper_of(&helper_of, caps) ? -1 : 0;
}

json_t *userns_caps_describe(__u64 caps)
{
	json_t *list;
	size_t i;

	if (caps == USERNS_CAPS_ALL)
		return json_string("all");
	list = json_array();
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (caps & 1ULL << i)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

char *userns_caps_text(const json_t *caps)
{
	const json_t *name;
	char *text = NULL;
	size_t size, i;
	FILE *out;

	if (json_is_string(caps))
		return strdup(json_string_value(caps));
	if (!json_array_size(caps))
		return strdup("none");
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	json_array_foreach(caps, i, name)
		fprintf(out, "%s%s", i ? ", " : "", json_string_value(name));
	fclose(out);
	return text;
}
