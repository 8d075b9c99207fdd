# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# scripts/check tells which tests failed, of a suite that needs nothing built.

# shellcheck disable=SC2154 # the one of run
top=$scratch/check
mkdir -p "$top/scripts"
cp "$TOP"/scripts/{check,lib.sh} "$top/scripts/"

# suite_says LINE...: this is the output of the suite.
suite_says() {
	printf '#!/bin/sh\ncat <<"END"\n' >"$top/scripts/lint"
	printf '%s\n' "$@" END >>"$top/scripts/lint"
	chmod +x "$top/scripts/lint"
}

# ends STATUS LINE...: with these lines of the summary, after that of the suite.
ends() {
	local want=$1 got=0 lines

	shift
	"$top/scripts/check" lint >"$top/out" 2>&1 || got=$?
	lines=$(sed '1,/^# lint /d' "$top/out")
	cat "$top/out"
	printf 'status %s, expected %s and:\n' "$got" "$want"
	printf '%s\n' "$@"
	[ "$got" = "$want" ] && [ "$lines" = "$(printf '%s\n' "$@")" ]
}

see='#   see build/log/check-lint.log'
suite_says 'ok 1 - a' 'ok 2 - b # SKIP' 'ok 3 - c'
check 'no test failed' ends 0 '2 passed, 0 failed, 1 skipped'
suite_says 'ok 1 - a' 'not ok 2 - b' '# why' 'not ok 3 - c'
check 'two tests failed' ends 1 '#   not ok 2 - b' '#   not ok 3 - c' "$see" \
	'1 passed, 2 failed, 0 skipped'
suite_says 'not ok 1 - a' 'vm: no answer: once again' 'ok 1 - a' 'not ok 2 - b'
check 'another test failed the second time' ends 1 '#   not ok 2 - b' "$see" \
	'1 passed, 1 failed, 0 skipped'
suite_says 'unrelated'
check 'the suite ran no test' ends 1 "$see" '0 passed, 1 failed, 0 skipped'
