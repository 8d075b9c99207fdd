# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The library of the tests that run in Debian.  Sourced, never run.

# shellcheck source=userspace/tests/lib.sh
. /text/lib.sh
text=/text
dir=$(mktemp -d)
trace=$dir/trace

# example FILE: run the commands of an example as they are, until one fails.
# $trace then has each of them, after its line number, and its output.
example() {
	# Root's shell does not take this from its environment.
	bash -ec 'PS4="+\${LINENO}+ "; set -x; . "$0"' "$text/$1" >"$trace" 2>&1
	local status=$?

	cat "$trace"
	return $status
}

# said COMMENT TEXT: the command that stands before this comment in the example
# that ran last said this, whatever the number of spaces in it.
said() {
	local line

	line=$(grep -nF "# $1" "$text/$current" | cut -d : -f 1)
	awk -v line="$line" '
		/^\++[0-9]+\+ / { inside = $1 ~ "^\\++" line "\\+$"; next }
		inside' "$trace" | tee /dev/stderr | tr -s ' ' | grep -qF -- "$2"
}

# run FILE: an example, as a test.
run() {
	current=$1
	check "$1: its commands succeed" example "$1"
}
