# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script here says the same way.  Sourced, never run.

# shellcheck disable=SC2034
ME=${0##*/}
# shellcheck disable=SC2034
TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
# shellcheck disable=SC2034
CACHE=${EXECLOCK_CACHE:-${HOME:?is not set}/.cache/execlock}

# The Debian release that the guest is made of and whose backports have the
# kernel's source.
# shellcheck disable=SC2034
SUITE=trixie

# note MESSAGE...: progress, with the seconds since the script began.  On
# stderr, because stdout is for results.
note() {
	printf '%s: [%3d s] %s\n' "$ME" "$SECONDS" "$*" >&2
}

# die MESSAGE [LINE...]: what went wrong and where; then what to do about it.
die() {
	printf '%s: error: %s\n' "$ME" "$1" >&2
	shift
	[ $# -eq 0 ] || printf "$ME:        %s\n" "$@" >&2
	exit 1
}

# usage: the comment at the head of the script, from its second paragraph on,
# is the help text, so that there is only one.
usage() {
	sed -n '1,3d; /^[^#]/q; /^$/q; s/^# \{0,1\}//; p' "$0" | sed '/^SPDX/d'
}

# lock FILE: one process at a time past this point, until the script ends or
# closes descriptor 9.  Children that stay behind must not inherit it.
lock() {
	mkdir -p "${1%/*}"
	exec 9>"$1"
	if ! flock -n 9; then
		note "waiting for another run that holds $1"
		flock 9
	fi
}

unlock() {
	exec 9>&-
}
