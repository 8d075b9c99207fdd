// SPDX-License-Identifier: GPL-2.0-only
/*
 * execlock - The part of a policy that is Landlock Config
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "landlock_abi.h"
#include "landlock_config.h"
#include "message.h"

/* The state of the parser. */
struct parser {
	struct config *config;
	int abi;		/* 0 if not given */
	json_t *variables;
	struct expand_usage usage;
	/* The rule that is being parsed. */
	__u64 allowed;
	bool quiet;
	enum path_place place;
	size_t entry;
	size_t parent;
	const struct node *path;
	/* Whether a rule of this kind is quiet. */
	bool quiet_rules[RIGHTS_KINDS];
};

static const char *const kind_names[RIGHTS_KINDS] = {
	[RIGHTS_FS] = "right for files",
	[RIGHTS_NET] = "right for the network",
	[RIGHTS_SCOPE] = "scope",
};

/* Makes room for one more, doubling each time it has to. */
static int grow(void **array, size_t count, size_t size)
{
	void *larger;

	if (count & (count - 1))
		return 0;
	larger = reallocarray(*array, count ? count * 2 : 1, size);
	if (!larger)
		return p_err("out of memory");
	*array = larger;
	return 0;
}

/* All that can be said in a policy, for a message. */
static char *list_rights(enum rights_kind kind)
{
	__u64 rights = rights_of_abi(kind, LANDLOCK_ABI_KNOWN);
	char *names = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&names, &size);
	if (!out)
		return NULL;
	for (; rights; rights &= rights - 1)
		fprintf(out, "\"%s\", ", rights_name(kind, rights));
	fprintf(out, "\"abi.all\"%s", kind == RIGHTS_FS ?
		", \"abi.read_execute\", \"abi.read_write\"" : "");
	fclose(out);
	return names;
}

static int unknown_right(const struct node *node, enum rights_kind kind,
			 const char *name)
{
	char *names;
	int other;

	for (other = 0; other < RIGHTS_KINDS; other++)
		if (rights_by_name(other, name, LANDLOCK_ABI_KNOWN))
			return node_err(node, "\"%s\" is a %s, and not a %s",
					name, kind_names[other],
					kind_names[kind]);
	names = list_rights(kind);
	node_err(node, "\"%s\" is not the name of a %s; expected one of %s", name,
		 kind_names[kind], names ? names : "others");
	free(names);
	return -1;
}

static int parse_right(const struct parser *parser, enum rights_kind kind,
		       const struct node *node, __u64 *rights)
{
	const char *name;
	__u64 right;

	if (node_string(node, &name))
		return -1;
	if (strncmp(name, "abi.", 4) == 0 && !parser->abi)
		return node_err(node, "\"%s\" depends on the ABI version, but \"abi\" is missing: add \"abi\": %d, or the version of the oldest kernel that the policy is for",
				name, LANDLOCK_ABI_KNOWN);
	right = rights_by_name(kind, name, parser->abi);
	if (right) {
		*rights |= right;
		return 0;
	}
	if (rights_by_name(kind, name, LANDLOCK_ABI_KNOWN))
		return node_err(node, "\"%s\" stands for no %s in ABI %d",
				name, kind_names[kind], parser->abi);
	return unknown_right(node, kind, name);
}

static int parse_rights(const struct parser *parser, enum rights_kind kind,
			const struct node *array, __u64 *rights)
{
	size_t i, size;

	if (node_array(array, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(array, i);

		if (parse_right(parser, kind, &item, rights))
			return -1;
	}
	return 0;
}

static int parse_abi(struct parser *parser, const struct node *node)
{
	json_int_t abi;

	if (!node->json)
		return 0;
	if (json_integer_value(node->json) > LANDLOCK_ABI_KNOWN)
		return node_err(node, "is %lld, but this build of execlock knows Landlock ABI versions up to %d",
				(long long)json_integer_value(node->json),
				LANDLOCK_ABI_KNOWN);
	if (node_integer(node, 1, LANDLOCK_ABI_KNOWN, &abi))
		return -1;
	parser->abi = abi;
	return 0;
}

static int parse_literal(const struct node *node, json_t *texts)
{
	const char *text;

	if (node_string(node, &text))
		return -1;
	if (strstr(text, "${"))
		return node_err(node, "uses a variable, which is for paths only");
	if (json_array_append(texts, node->json))
		return p_err("out of memory");
	return 0;
}

static int parse_variable(struct parser *parser, const struct node *node)
{
	static const char *const known[] = { "name", "literal", NULL };
	const struct node name = node_member(node, "name");
	const struct node literal = node_member(node, "literal");
	const char *text;
	json_t *texts;
	size_t i, size;

	if (node_object(node, known) || node_string(&name, &text))
		return -1;
	if (strpbrk(text, "${}"))
		return node_err(&name, "contains one of the characters $ { }");
	if (json_object_get(parser->variables, text))
		return node_err(&name, "\"%s\" is defined twice", text);
	texts = json_array();
	if (json_object_set_new(parser->variables, text, texts))
		return p_err("out of memory");
	if (!literal.json)
		return 0;
	if (node_array(&literal, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(&literal, i);

		if (parse_literal(&item, texts))
			return -1;
	}
	return 0;
}

/* The members of an entry of "ruleset". */
static const char *const ruleset_members[] = {
	"handledAccessFs", "handledAccessNet", "scoped",
	"quietAccessFs", "quietAccessNet", "quietScoped", NULL
};

static int parse_ruleset(struct parser *parser, const struct node *node)
{
	struct config *const config = parser->config;
	int i;

	if (node_object(node, ruleset_members))
		return -1;
	if (json_object_size(node->json) == 0)
		return node_err(node, "is empty, leave it out or fill it");
	for (i = 0; i < 2 * RIGHTS_KINDS; i++) {
		const struct node rights = node_member(node,
						       ruleset_members[i]);
		const int kind = i % RIGHTS_KINDS;
		__u64 *const all = i == kind ? config->handled : config->quiet;

		if (rights.json &&
		    parse_rights(parser, kind, &rights, &all[kind]))
			return -1;
	}
	return 0;
}

/* Quiet rights that have no effect, which is known when all rules are. */
static int check_quiet_rights(struct parser *parser, enum rights_kind kind,
			      const struct node *array)
{
	size_t i;

	if (kind != RIGHTS_SCOPE && !parser->quiet_rules[kind])
		return node_err(array, "is for the files or ports of rules with \"quiet\": true, and there is no such rule");
	for (i = 0; i < json_array_size(array->json); i++) {
		const struct node item = node_item(array, i);
		__u64 rights = 0;

		if (parse_right(parser, kind, &item, &rights))
			return -1;
		rights &= ~parser->config->handled[kind];
		if (rights)
			return node_err(&item, "\"%s\" is not denied by this policy: add it to \"%s\", or leave it out here",
					rights_name(kind, rights),
					ruleset_members[kind]);
	}
	return 0;
}

static int check_quiet(struct parser *parser, const struct node *node)
{
	int kind;

	for (kind = 0; kind < RIGHTS_KINDS; kind++) {
		const struct node rights =
			node_member(node, ruleset_members[RIGHTS_KINDS + kind]);

		if (rights.json && check_quiet_rights(parser, kind, &rights))
			return -1;
	}
	return 0;
}

/*
 * The rights of a rule, which may be none if it is quiet, and whether it is: all
 * entries of "ruleset" have been parsed.
 */
static int parse_allowed(struct parser *parser, enum rights_kind kind,
			 const struct node *node)
{
	const struct node allowed = node_member(node, "allowedAccess");
	const struct node quiet = node_member(node, "quiet");

	parser->allowed = 0;
	parser->quiet = false;
	if (node_boolean(&quiet, &parser->quiet))
		return -1;
	if ((allowed.json || !parser->quiet) &&
	    parse_rights(parser, kind, &allowed, &parser->allowed))
		return -1;
	if (parser->quiet && !parser->config->quiet[kind])
		return node_err(&quiet, "is true, but \"ruleset\" has no \"%s\", the rights whose denials are not logged",
				ruleset_members[RIGHTS_KINDS + kind]);
	parser->quiet_rules[kind] |= parser->quiet;
	/*
	 * A right that is not handled is not denied anywhere: a rule that gives
	 * it means that it shall be denied elsewhere.
	 */
	parser->config->handled[kind] |= parser->allowed;
	return 0;
}

int config_add_path(struct config *config, const struct path_rule *rule)
{
	if (grow((void **)&config->paths, config->num_paths, sizeof(*rule)))
		return -1;
	config->paths[config->num_paths++] = *rule;
	return 0;
}

static int add_pattern(struct config *config, const struct path_rule *rule)
{
	if (grow((void **)&config->patterns, config->num_patterns,
		 sizeof(*config->patterns)))
		return -1;
	config->patterns[config->num_patterns++] =
		(struct path_pattern) { .rule = *rule };
	return 0;
}

/* A "*" elsewhere would take a walk through directories that may be anybody's. */
static int check_pattern(const struct parser *parser, const char *path)
{
	const char *const slash = strrchr(path, '/');

	if (!slash || !memchr(path, '*', slash - path))
		return 0;
	return node_err(parser->path, "\"%s\" has \"*\" in a component other than the last, where alone it can stand for names",
			path);
}

static int add_path(const char *path, void *data)
{
	struct parser *const parser = data;
	struct path_rule rule = {
		.allowed = parser->allowed,
		.quiet = parser->quiet,
		.place = parser->place,
		.entry = parser->entry,
		.parent = parser->parent,
	};
	int err;

	if (check_pattern(parser, path))
		return -1;
	rule.path = strdup(path);
	if (!rule.path)
		return p_err("out of memory");
	err = strchr(path, '*') ? add_pattern(parser->config, &rule) :
				  config_add_path(parser->config, &rule);
	if (err)
		free(rule.path);
	return err;
}

static int parse_place(struct parser *parser, const struct node *node)
{
	const struct node place = node_member(node, "place");
	bool only = false;

	parser->place = PATH_PLACE_UNSAID;
	if (!place.json)
		return 0;
	if (node_boolean(&place, &only))
		return -1;
	parser->place = only ? PATH_PLACE_ONLY : PATH_PLACE_NEVER;
	return 0;
}

static int parse_path_beneath(struct parser *parser, const struct node *node)
{
	static const char *const known[] = {
		"allowedAccess", "parent", "place", "quiet", NULL
	};
	const struct node parent = node_member(node, "parent");
	size_t size;

	parser->entry = node->index;
	if (node_object(node, known) ||
	    parse_allowed(parser, RIGHTS_FS, node) ||
	    parse_place(parser, node) || node_array(&parent, &size))
		return -1;

	for (parser->parent = 0; parser->parent < size; parser->parent++) {
		const struct node path = node_item(&parent, parser->parent);

		parser->path = &path;
		if (expand(&path, parser->variables, &parser->usage, add_path,
			   parser))
			return -1;
	}
	return 0;
}

static int parse_net_port(struct parser *parser, const struct node *node)
{
	static const char *const known[] = {
		"allowedAccess", "port", "quiet", NULL
	};
	const struct node ports = node_member(node, "port");
	struct config *const config = parser->config;
	struct port_rule rule = { .entry = node->index };
	size_t i, size;

	if (node_object(node, known) ||
	    parse_allowed(parser, RIGHTS_NET, node) ||
	    node_array(&ports, &size))
		return -1;

	rule.allowed = parser->allowed;
	rule.quiet = parser->quiet;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(&ports, i);
		json_int_t port;

		if (node_integer(&item, 0, 65535, &port) ||
		    grow((void **)&config->ports, config->num_ports,
			 sizeof(rule)))
			return -1;
		rule.port = port;
		config->ports[config->num_ports++] = rule;
	}
	return 0;
}

static int parse_each(struct parser *parser, const struct node *array,
		      int (*parse)(struct parser *parser,
				   const struct node *node))
{
	size_t i, size;

	if (!array->json)
		return 0;
	if (node_array(array, &size))
		return -1;
	for (i = 0; i < size; i++) {
		const struct node item = node_item(array, i);

		if (parse(parser, &item))
			return -1;
	}
	return 0;
}

static int parse_members(struct parser *parser, const struct node *node)
{
	static const char *const known[] = {
		"abi", "variable", "ruleset", "pathBeneath", "netPort", NULL
	};
	const struct node abi = node_member(node, "abi");
	const struct node variables = node_member(node, "variable");
	const struct node rulesets = node_member(node, "ruleset");
	const struct node paths = node_member(node, "pathBeneath");
	const struct node ports = node_member(node, "netPort");
	const __u64 *const handled = parser->config->handled;

	/* The order in the file does not matter. */
	if (node_object(node, known) ||
	    parse_abi(parser, &abi) ||
	    parse_each(parser, &variables, parse_variable) ||
	    parse_each(parser, &rulesets, parse_ruleset) ||
	    parse_each(parser, &paths, parse_path_beneath) ||
	    parse_each(parser, &ports, parse_net_port) ||
	    parse_each(parser, &rulesets, check_quiet))
		return -1;
	if (!handled[RIGHTS_FS] && !handled[RIGHTS_NET] &&
	    !handled[RIGHTS_SCOPE])
		return node_err(node, "restricts nothing: it has neither a ruleset nor rules");
	return 0;
}

int config_parse(struct config *config, const struct node *node)
{
	struct parser parser = { .config = config };
	int err;

	memset(config, 0, sizeof(*config));
	parser.variables = json_object();
	if (!parser.variables)
		return p_err("out of memory");
	err = parse_members(&parser, node);
	json_decref(parser.variables);
	return err;
}

bool config_is_quiet(const struct config *config)
{
	return config->quiet[RIGHTS_FS] || config->quiet[RIGHTS_NET] ||
	       config->quiet[RIGHTS_SCOPE];
}

bool config_says_place(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->num_paths; i++)
		if (config->paths[i].place != PATH_PLACE_UNSAID)
			return true;
	return false;
}

void config_free(struct config *config)
{
	size_t i;

	for (i = 0; i < config->num_paths; i++) {
		free(config->paths[i].path);
		free(config->paths[i].real);
	}
	for (i = 0; i < config->num_patterns; i++)
		free(config->patterns[i].rule.path);
	free(config->patterns);
	free(config->paths);
	free(config->ports);
	memset(config, 0, sizeof(*config));
}
