# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the scripts of host.d begin with.  Each takes the build directory as its
# argument, works in a directory of its own that is removed at the end, prints
# TAP on standard output, and ends with "finish".  In the directory are copies
# of good/, bad/ and system/, and one.json, a policy without error.

set -u
export LC_ALL=C.UTF-8
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd) || exit 1
build=$(realpath "$1") || exit 1
execlock=$build/execlock
parser=$build/tests/parser
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
# To root, execlock refuses what belongs to somebody else, as a clone may.
umask 022
mkdir -p "$scratch"/{bad,good} "$scratch"/system/{bad,good}/parts
for file in "$here"/{,system/}{good,bad}/*.json "$here"/system/*/parts/*; do
	cat "$file" >"$scratch/${file#"$here"/}"
done
cd "$scratch" || exit 1
count=0
failed=0

# result STATUS NAME: one line of TAP; 0 is ok.
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		sed 's/^/# /' "$scratch/why"
	fi
}

# finish: the plan, and the exit status.
finish() {
	echo "1..$count"
	[ "$failed" = 0 ]
	exit
}

# exits STATUS PATTERN NAME COMMAND...: a test of a command's exit status and of
# what it says.
exits() {
	local status=$1 pattern=$2 name=$3 got passed

	shift 3
	"$@" >"$scratch/why" 2>&1 </dev/null
	got=$?
	[ "$got" = "$status" ] && grep -qe "$pattern" "$scratch/why"
	passed=$?
	# Not before that: the pattern would find itself.
	echo "exit status $got, expected $status and: $pattern" \
		>>"$scratch/why"
	result $passed "$name"
}

# says STATUS PATTERN ARG...: what execlock exits with and says.
says() {
	local status=$1 pattern=$2

	shift 2
	exits "$status" "$pattern" "execlock $*" "$execlock" "$@"
}

# silent PATTERN ARG...: exit status 0, and nothing like this is said.
silent() {
	local pattern=$1

	shift
	"$execlock" "$@" >"$scratch/why" 2>&1 </dev/null &&
		! grep -qe "$pattern" "$scratch/why"
	result $? "execlock $* does not say: $pattern"
}

# within SECONDS COMMAND...: that takes no more of a processor's time.  The clock
# of a busy machine would tell nothing.
within() {
	local seconds=$1

	shift
	(ulimit -t "$seconds" && exec "$@")
}

# Who puts policies in force for others does not take them from anybody.
# untrusted PATTERN COMMAND...: refused with exit status 3.
untrusted() {
	local pattern=$1

	shift
	exits 3 "$pattern" "a policy that others may write: ${*##*/}" "$@"
}

# missing PATTERN FILE: left out, or an error for who wants it.
missing() {
	says 5 "warning: /$1" "${check[@]}" "$2"
	says 5 '"ok": true' "${check[@]}" --json "$2"
	says 3 "error: /${1/: left out/}" "${check[@]}" --strict "$2"
	sed 's/"enforce": {/"enforce": { "ifMissing": "error"/' "$2" >strict.json
	says 3 "error: /${1/: left out/}" "${check[@]}" strict.json
	sed 's/"enforce": {/"enforce": { "ifMissing": "skip"/' "$2" >skip.json
	says 5 "warning: /$1" "${check[@]}" skip.json
}

# policy NAME MATCH RIGHTS PATHS [ENFORCE]: write NAME.json.
policy() {
	cat >"$1.json" <<-END
	{
		"name": "$1",
		"match": { $2 },
		"landlock": {
			"abi": 12,
			"ruleset": [ { "handledAccessFs": [ $3 ] } ],
			"pathBeneath": [
				{ "allowedAccess": [ "read_file" ], "parent": [ $4 ] }
			]
		},
		"enforce": { ${5-} }
	}
	END
}

# A program that is linked to libraries.
program=$(type -P bash)
read_file='"read_file"'
refer="$read_file, \"refer\""
# What a policy is for does not matter in most of these tests.
check=(check --abi 12 --allow-lockout)
policy one "\"executable\": \"$program\"" "$read_file" '"/"'
