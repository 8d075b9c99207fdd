/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - The part of a policy that is Landlock Config
 */

#ifndef EXECLOCK_LANDLOCK_CONFIG_H
#define EXECLOCK_LANDLOCK_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "json_source.h"
#include "rights.h"

/**
 * enum path_place - Whether a rule on files is for a name, whatever has it
 *
 * @PATH_PLACE_UNSAID: For the file that is there, and for its name if nobody
 *                     but root decides which file has it.
 * @PATH_PLACE_NEVER: For the file that is there alone.
 * @PATH_PLACE_ONLY: For the name alone.
 */
enum path_place {
	PATH_PLACE_UNSAID,
	PATH_PLACE_NEVER,
	PATH_PLACE_ONLY,
};

/**
 * struct path_rule - Rights for a file, or for all files beneath a directory
 *
 * @path: The file or directory, variables expanded.
 * @real: The path without links, once a ruleset has the rule; NULL before.
 * @of_pattern: Whether it is there because a pattern stands for it.
 * @quiet: Whether denials of quiet rights are not logged there.
 * @place: Whether it is for a name.
 * @has_file: Whether a ruleset has a rule for the file that was there.
 * @has_place: Whether a ruleset has a rule for the name @real.
 * @missing: Whether no file had this name then.
 * @allowed: Rights, from &enum rights_kind RIGHTS_FS.
 * @entry: Index of the rule in "pathBeneath", for messages.
 * @parent: Index of the path in the rule's "parent", for messages.
 */
struct path_rule {
	char *path;
	char *real;
	bool of_pattern;
	bool quiet;
	enum path_place place;
	bool has_file;
	bool has_place;
	bool missing;
	__u64 allowed;
	unsigned int entry;
	unsigned int parent;
};

/**
 * struct path_pattern - Rights for all names in a directory that match
 *
 * @rule: The rights; the path's last component has "*" in it.
 * @expanded: Whether there are rules for the names.
 * @matches: Number of names that matched then.
 */
struct path_pattern {
	struct path_rule rule;
	bool expanded;
	size_t matches;
};

/**
 * struct port_rule - Rights for a network port
 *
 * @port: The port.
 * @quiet: Whether denials of quiet rights are not logged for it.
 * @allowed: Rights, from &enum rights_kind RIGHTS_NET.
 * @entry: Index of the rule in "netPort", for messages.
 */
struct port_rule {
	__u16 port;
	bool quiet;
	__u64 allowed;
	unsigned int entry;
};

/**
 * struct config - A Landlock Config, with groups and variables expanded
 *
 * @handled: Rights that are denied unless a rule gives them, by kind.
 * @quiet: Rights of @handled whose denials are not logged, for scopes anywhere,
 *         else where a rule is quiet.
 * @paths: Rules on files.
 * @num_paths: Their number.
 * @patterns: Rules on files whose names are not known yet.
 * @num_patterns: Their number.
 * @ports: Rules on ports.
 * @num_ports: Their number.
 */
struct config {
	__u64 handled[RIGHTS_KINDS];
	__u64 quiet[RIGHTS_KINDS];
	struct path_rule *paths;
	size_t num_paths;
	struct path_pattern *patterns;
	size_t num_patterns;
	struct port_rule *ports;
	size_t num_ports;
};

/**
 * config_parse - Parse and check a Landlock Config
 *
 * No file is looked at and the kernel is not asked.
 *
 * @config: Filled in; release it with config_free(), also after an error.
 * @node: The JSON object.
 *
 * Return: 0, or -1 with the error reported.
 */
int config_parse(struct config *config, const struct node *node);

/**
 * config_add_path - Add a rule on files
 *
 * @config: The config.
 * @rule: The rule, whose path belongs to the config from now on.
 *
 * Return: 0, or -1 with the error reported.
 */
int config_add_path(struct config *config, const struct path_rule *rule);

/**
 * config_is_quiet - Tell whether some denials are not logged
 *
 * @config: The config.
 *
 * Return: true if so.
 */
bool config_is_quiet(const struct config *config);

/**
 * config_says_place - Tell whether a rule is for a file or for a name alone
 *
 * Such a rule allows less than one that does not say which.
 *
 * @config: The config.
 *
 * Return: true if a path says "place".
 */
bool config_says_place(const struct config *config);

/**
 * config_free - Release a config
 *
 * @config: Config, or zeroes.
 */
void config_free(struct config *config);

#endif /* EXECLOCK_LANDLOCK_CONFIG_H */
