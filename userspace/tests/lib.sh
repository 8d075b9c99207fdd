# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the tests of this directory have in common.  They run in machines that may
# be spoilt, with busybox or in Debian, and read this first:
#
#	. "${0%/*}/lib.sh"
#	dir=/root/execlock-test
#	enter_dir
#	check 'a name' says 0 'a pattern' execlock status
#	finish
#
# What these functions say of a test that fails is printed after its result.

# What the names of the tests that come begin with.
heading=
count=0
failed=0

# enter_dir: make $dir, which the test has set, and go there.
# shellcheck disable=SC2154
enter_dir() {
	mkdir -p "$dir" && cd "$dir" || exit 1
}

# finish: the plan.  Its status is to be that of the test.
finish() {
	echo "1..$count"
	[ "$failed" = 0 ] || echo "# $failed of $count failed"
	[ "$failed" = 0 ]
}

# result STATUS NAME: one line of TAP, 0 is ok.  Why not is in $dir/why.
result() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $heading$2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $heading$2"
		sed 's/^/# /' "$dir/why"
		return 1
	fi
}

# check NAME COMMAND...: one test, passed if the command succeeds.
check() {
	check_name=$1
	shift
	"$@" >"$dir/why" 2>&1
	result $? "$check_name"
}

# says STATUS PATTERN COMMAND...: exit status and output, which is in $output then,
# are as expected.  The status may be "any".
says() {
	says_status=$1
	says_pattern=$2
	shift 2
	output=$("$@" 2>&1 </dev/null)
	got=$?
	[ "$says_status" != any ] || says_status=$got
	printf '%s\n' "$output"
	echo "status $got, expected $says_status and: $says_pattern"
	[ $got = "$says_status" ] &&
		printf '%s\n' "$output" | grep -qe "$says_pattern"
}

# is GOT WANTED
is() {
	printf 'got: %s\nexpected: %s\n' "$1" "$2"
	[ "$1" = "$2" ]
}

# not COMMAND...: it fails.
not() {
	! "$@"
}

# await COMMAND...: until it succeeds, or for so long that it never will, even if
# the machine is slow and has other things to do.
await() {
	read -r await_end _ </proc/uptime
	await_end=$((${await_end%.*} + 120))
	until "$@" >"$dir/awaited" 2>&1; do
		read -r await_now _ </proc/uptime
		if [ "${await_now%.*}" -ge "$await_end" ]; then
			echo "# waited too long for: $*"
			sed 's/^/# /' "$dir/awaited"
			return 1
		fi
		sleep 0.05
	done
}

# has_lines NUMBER FILE
has_lines() {
	[ "$(wc -l <"$2")" = "$1" ]
}

# executes PROCESS FILE: it is not the shell any more that started it.
executes() {
	[ "$(readlink /proc/"$1"/exe)" = "$2" ]
}

# as_user COMMAND: of a shell, as uid 1000.
as_user() {
	su -s /bin/sh user -c "$*"
}

# in_cgroup CGROUP COMMAND...: execute a command there.
in_cgroup() (
	echo 0 >/sys/fs/cgroup/"$1"/cgroup.procs || exit
	shift
	exec "$@"
)

# policy_for NAME MATCH PATHS [ENFORCE [RULESET]]: write NAME.json, a policy under
# which PATHS can be read, and nothing else.  All but NAME, which may have a
# directory before it, is as in the file.
policy_for() {
	ruleset=
	[ -z "${5-}" ] || ruleset="\"ruleset\": [ { $5 } ],"
	cat >"$1.json" <<-END
	{
		"name": "${1##*/}",
		"match": { $2 },
		"landlock": { $ruleset
			"pathBeneath": [ {
				"allowedAccess": [ ${rights-\"read_file\"} ],
				"parent": [ $3 ]
			} ${more-} ]
		},
		"enforce": { ${4-} }
	}
	END
}

# list PATH...: for the PATHS of a policy.
list() {
	separator=
	for each; do
		printf '%s"%s"' "$separator" "$each"
		separator=', '
	done
}

# others FILE DIRECTORY FILE...: more PATHS of a policy, after those of list: the
# files of a directory but the first one.
others() {
	other_than=$1
	others_in=$2
	shift 2
	for each; do
		[ "$each" = "$other_than" ] || printf ', "%s"' "$others_in/$each"
	done
}

# load NAME...: the policies of these names, in this order.
load() {
	load_files=
	for each; do
		load_files="$load_files $each.json"
	done
	# shellcheck disable=SC2086
	execlock load $load_files
}

# status_of NAME MEMBER: from execlock status, of the policy of this name.
status_of() {
	execlock --json status |
		sed -n "/\"name\": \"$1\"/,/\"name\": /s/.*\"$2\": \([^,]*\),\{0,1\}\$/\1/p" |
		head -n 1
}

# counts NAME HITS ERRORS: how often the policy was applied.
counts() {
	got="$(status_of "$1" hits) hits, $(status_of "$1" errors) errors"
	echo "$1 has $got, expected $2 hits, $3 errors"
	[ "$got" = "$2 hits, $3 errors" ]
}

# watch OPTION...: from now on, until unwatch, this execlock command (monitor) has
# its output in the file seen.
watch() {
	rm -f seen
	# Appended: a test may empty the file, and lines begin where it ends.
	execlock "$@" >>seen 2>&1 &
	monitor=$!
	await grep -q start seen
}

# seen PATTERN, not_seen PATTERN: a line like this comes; none has come.
seen() {
	await grep -qe "$1" seen && return
	echo "expected: $1"
	cat seen
	return 1
}
not_seen() {
	cat seen
	! grep -qe "$1" seen
}

# unwatch SIGNAL: this ends it; its exit status is in $status then.
unwatch() {
	kill -"$1" "$monitor"
	wait "$monitor"
	status=$?
	cat seen
	echo "status $status"
	[ $status = 0 ]
}

