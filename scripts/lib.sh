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

# no_arguments ARG...: for a script that takes none.
no_arguments() {
	case ${1-} in
	'') ;;
	-h | --help) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
}

# The kernels that scripts/kernel-build knows.
FLAVOURS='stock patched debug coverage lean lsm demo'

# is_flavour NAME
is_flavour() {
	[[ " $FLAVOURS " = *" $1 "* ]]
}

# take_flavour NAME: the argument of a script that takes one of them, as $flavour.
take_flavour() {
	is_flavour "${1-}" || no_arguments "${1:-none}"
	flavour=$1
}

# make_scratch: $scratch is a directory until the end.
make_scratch() {
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
}

# log_file NAME: print the path of a log, in a directory that is there.
log_file() {
	mkdir -p "$TOP/build/log"
	printf '%s\n' "$TOP/build/log/$1.log"
}

# failed MESSAGE: of a build, with the first errors in $log or its end.
failed() {
	# shellcheck disable=SC2154 # the log of who sources this
	grep -nE -m 8 '(error|Error|ERROR|undefined reference)[: ]' "$log" >&2 ||
		tail -n 20 "$log" >&2
	die "$1" "The whole log is in $log"
}

# forget_make: the caller's make and the caller's environment have no say in
# what is built.
forget_make() {
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES O ARCH CROSS_COMPILE \
		OUT OUTPUT DESTDIR KBUILD_OUTPUT KCONFIG_CONFIG LOCALVERSION \
		CFLAGS LDFLAGS EXTRA_CFLAGS EXTRA_LDFLAGS KCFLAGS KCPPFLAGS
}

# selftest_goals DIR OUT: what make is to build of the tests in DIR, in OUT.  The
# kernel's own tests of capabilities need libcap-ng, ours do not.
selftest_goals() {
	case $1 in
	*/capabilities)
		find "$1" -name 'userns_*_test.c' -printf "$2/%f\n" |
			sed 's/\.c$//' | sort
		;;
	*) echo all ;;
	esac
}

# use_ccache: $cc is the compiler for a kernel, with a cache if there is one.
use_ccache() {
	cc=gcc
	command -v ccache >/dev/null || return 0
	cc='ccache gcc'
	# Paths relative to the cache, so that what one flavour compiled does
	# for the others too where it is the same.
	export CCACHE_DIR=$CACHE/ccache CCACHE_BASEDIR=$CACHE CCACHE_NOHASHDIR=1
	# The compiler lists what an object depends on anyway: no need to
	# preprocess each file once more to find out.
	export CCACHE_DEPEND=1
	export CCACHE_MAXSIZE=${CCACHE_MAXSIZE-5G}
	export CCACHE_SLOPPINESS=time_macros,include_file_mtime,include_file_ctime
}

# build_stamp: same sources, same bytes, wherever and whenever built.
build_stamp() {
	export KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970'
	export KBUILD_BUILD_USER=execlock KBUILD_BUILD_HOST=localhost
	export KBUILD_BUILD_VERSION=1
}

# plain_git: nobody's git configuration changes what comes out or runs a hook.
plain_git() {
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
}

# changed_by PATCH...: the files that they change.
changed_by() {
	sed -n 's,^\(---\|+++\) [ab]/\([^\t]*\).*,\2,p' "$@" | sort -u
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
