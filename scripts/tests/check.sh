# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# scripts/check runs suites beside each other, and tells which tests failed.
# These suites need nothing built.

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

# meets NAME OTHER: a suite that passes if the other one runs at the same time.
meets() {
	cat <<END
#!/bin/sh
echo "# $1 begins"
touch "$top/$1"
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ -e "$top/$2" ] && break
	sleep 0.3
done
[ -e "$top/$2" ] || printf 'not '
echo "ok 1 - $1 meets $2"
sleep 1
rm "$top/$1"
END
}
mkdir -p "$top/scripts/tests"
meets lint run >"$top/scripts/lint"
meets run lint >"$top/scripts/tests/run"
chmod +x "$top/scripts/tests/run"

# both SUITES STATUS LINE...: with so many suites at once, these lines come out.
both() {
	local want=$2 got=0 lines
	local -x EXECLOCK_SUITES=$1

	shift 2
	"$top/scripts/check" lint scripts >"$top/out" 2>&1 || got=$?
	lines=$(grep -v '^check: \|seconds\|^#  \| s$' "$top/out")
	cat "$top/out"
	printf 'status %s, expected %s and:\n' "$got" "$want"
	printf '%s\n' "$@"
	[ "$got" = "$want" ] && [ "$lines" = "$(printf '%s\n' "$@")" ]
}
check 'two suites at once, one after the other in the output' both 2 0 \
	'# suite lint' '# lint begins' 'ok 1 - lint meets run' \
	'# suite scripts' '# run begins' 'ok 1 - run meets lint' \
	'# summary' '2 passed, 0 failed, 0 skipped'
check 'one at a time' both 1 1 \
	'# suite lint' '# lint begins' 'not ok 1 - lint meets run' \
	'# suite scripts' '# run begins' 'not ok 1 - run meets lint' \
	'# summary' '0 passed, 2 failed, 0 skipped'
check 'not a number of suites' \
	says 1 'EXECLOCK_SUITES is "two"' env EXECLOCK_SUITES=two \
	"$top/scripts/check" lint

# stopped: a suite does not outlive the script.
stopped() {
	local pid suite

	printf '#!/bin/sh\necho $$ >"%s/pid"\nexec sleep 60\n' "$top" \
		>"$top/scripts/lint"
	"$top/scripts/check" lint &
	pid=$!
	until [ -s "$top/pid" ]; do sleep 0.1; done
	suite=$(cat "$top/pid")
	kill "$pid"
	wait "$pid"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$suite" 2>/dev/null || return 0
		sleep 0.3
	done
	echo "process $suite is still there"
	return 1
}
check 'a suite ends with the script' stopped
