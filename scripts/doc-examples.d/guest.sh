# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The library of the tests that run in Debian.  Sourced, never run.

text=/text
tests=0
failed=0
trace=$(mktemp)
why=$(mktemp)

# check EXAMPLE WHAT COMMAND...: one line of TAP, passed if the command succeeds.
check() {
	local example=$1 what=$2

	shift 2
	tests=$((tests + 1))
	if "$@" >"$why" 2>&1; then
		echo "ok $tests - $example: $what"
	else
		failed=$((failed + 1))
		tail -n 20 "$why" | cut -c 1-200 | sed 's/^/# /'
		echo "not ok $tests - $example: $what"
	fi
}

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
	check "$1" "its commands succeed" example "$1"
}

# not COMMAND...: it fails.
not() {
	! "$@"
}

# eventually COMMAND...: it succeeds before long.
eventually() {
	local end=$((SECONDS + 30))

	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}

finish() {
	echo "1..$tests"
	[ $failed = 0 ]
	exit
}
