# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# scripts/lint sees what is wrong, in a repository of a few files.

# shellcheck disable=SC2154 # the one of run
top=$scratch/lint
mkdir -p "$top/scripts" "$top/userspace/commands"
cp -r "$TOP"/scripts/{lint,lint.d,lib.sh,kernel-source} "$top/scripts/"
# Nothing to be made first.
printf '#!/bin/sh\n' >"$top/scripts/bpf-tools"
chmod +x "$top/scripts/bpf-tools"
printf '# SPDX-License-Identifier: GPL-2.0-only\nheaders:\n' >"$top/userspace/Makefile"

# finds CHECK PATTERN LINE...: this is said of a file with these lines.
finds() {
	local check=$1 pattern=$2

	shift 2
	printf '%s\n' "$@" >"$top/userspace/commands/x.c"
	says 1 "^# userspace/commands/x.c:.*$pattern" "$top/scripts/lint" "$check"
}

head='// SPDX-License-Identifier: GPL-2.0-only'
check 'a file without a license' finds licenses 'no SPDX' 'int x;'
check 'a script without quotes' says 1 'SC2086' sh -c \
	"printf '#!/bin/sh\necho \$1\n' >'$top/x'; '$top/scripts/lint' shell"
check 'a line that is not in kernel style' finds programs 'SPACING' "$head" \
	'int f(int a) { if(a) return 1; return 0; }'
check 'a member without a description' finds programs "'b' not described" \
	"$head" '' '/**' ' * struct x - Something' ' * @a: A member.' ' */' \
	'struct x {' "$(printf '\tint a;')" "$(printf '\tint b;')" '};'
check 'memory that is not freed' finds programs 'Potential leak of memory' \
	"$head" '#include <stdlib.h>' '' 'char f(void)' '{' \
	"$(printf '\tchar *a = calloc(1, 2);')" '' \
	"$(printf '\treturn a ? *a : 0;')" '}'
check 'memory that is used after it was freed' finds programs 'after it is freed' \
	"$head" '#include <stdlib.h>' '' 'char f(char *a)' '{' \
	"$(printf '\tfree(a);')" "$(printf '\treturn *a;')" '}'
printf '%s\n' "$head" '' 'int f(int a)' '{' "$(printf '\treturn a + 1;')" '}' \
	>"$top/userspace/commands/x.c"
check 'nothing in a file as it should be' says 0 '^ok 3 analyzer' \
	"$top/scripts/lint" programs
