/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * execlock - Take over the state of tasks from the programs of another build
 */

#ifndef EXECLOCK_TAKEOVER_H
#define EXECLOCK_TAKEOVER_H

#include "verify.h"

struct execlock_bpf;

/**
 * takeover_prepare - Give the BPF programs the state that another build keeps
 *
 * If there is none, or this build cannot read it, the program that would take it
 * over is not loaded.  In the latter case, policies of @set with the condition
 * "parent" get a warning.  The rulesets stay where they are, in the maps of the
 * other build, so that processes that run are reached.
 *
 * @bpf: The BPF programs, open and not loaded.
 * @set: The set that they are loaded for.
 *
 * Return: 0, or -1 with the error reported.
 */
int takeover_prepare(const struct execlock_bpf *bpf,
		     const struct verified *set);

/**
 * takeover_run - Leave each process under the policies that apply to it, by name
 *
 * To be called when the new programs are attached, so that a forked process gets
 * the state of its parent, and before their set is in force, so that they do not
 * change anything themselves.
 *
 * @bpf: The BPF programs after takeover_prepare(), loaded.
 *
 * Return: 0, or -1 with the error reported.
 */
int takeover_run(const struct execlock_bpf *bpf);

#endif /* EXECLOCK_TAKEOVER_H */
