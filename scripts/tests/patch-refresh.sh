# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# scripts/patch-refresh, with a repository and a kernel of a few lines.

# shellcheck disable=SC2154 # the one of run
top=$scratch/top
tree=$top/build/edit/linux
export EXECLOCK_CACHE=$scratch/cache KSRC=$scratch/linux

# A kernel: thirty lines for each file are enough to be changed in two places.
mkdir -p "$KSRC"/{fs,security/landlock}
printf 'kernelversion:\n\t@echo 7.3\n' >"$KSRC/Makefile"
touch "$KSRC/Kbuild"
for file in fs/exec.c security/security.c fs/other.c; do
	seq -f "${file##*/} %g" 30 >"$KSRC/$file"
done
printf 'config SECURITY_LANDLOCK\n\nconfig SECURITY_LANDLOCK_KUNIT_TEST\n' \
	>"$KSRC/security/landlock/Kconfig"

# A repository: security.c is changed by both patches, and ours.c by the second.
mkdir -p "$top"/{scripts,kernel/security,kernel/patches,selftests,Documentation}
cp "$TOP"/scripts/{overlay,kernel-source,patch-refresh,lib.sh} "$top/scripts/"
printf '# SPDX\nconfig OURS\n\tbool "Ours"\n' >"$top/Kconfig.snippet"
seq -f 'ours.c %g' 30 >"$top/kernel/security/ours.c"
echo doc >"$top/Documentation/ours.rst"
echo text >"$top/selftests/README"
cat >"$top/kernel/patches/series" <<'END'
# Comment
0001-one.patch
	+ security/ours.c
0002-two.patch
	+ Documentation/ours.rst
END

# patch_of NAME [FILE OLD NEW]...: which replaces lines.
patch_of() {
	local to=$top/kernel/patches/$1 work=$scratch/work

	printf 'From: test <test@localhost>\nSubject: [PATCH] test\n\nText.\n\n' >"$to"
	shift
	while [ $# -gt 0 ]; do
		mkdir -p "$work"/{a,b}/"${1%/*}"
		if [ -e "$work/after/$1" ]; then
			cp "$work/after/$1" "$work/a/$1"
		elif [ -e "$KSRC/$1" ]; then
			cp "$KSRC/$1" "$work/a/$1"
		else
			cp "$top/kernel/$1" "$work/a/$1"
		fi
		sed "s/^$2\$/$3/" "$work/a/$1" >"$work/b/$1"
		(cd "$work" && git diff --no-index --no-prefix "a/$1" "b/$1" |
			grep -v '^index ') >>"$to"
		mkdir -p "$work/after/${1%/*}"
		mv "$work/b/$1" "$work/after/$1"
		shift 3
	done
}
patch_of 0001-one.patch fs/exec.c 'exec.c 10' 'exec.c ten' \
	security/security.c 'security.c 10' 'security.c ten'
patch_of 0002-two.patch security/ours.c 'ours.c 20' 'ours.c twenty' \
	security/security.c 'security.c 20' 'security.c twenty'
git -C "$top" init -q
echo /build/ >"$top/.gitignore"
git -C "$top" add -A
git -C "$top" commit -qm base

refresh() {
	"$top/scripts/patch-refresh" "$@"
}

# edit FILE OLD NEW: a line of the tree.
edit() {
	sed -i "s/^$2\$/$3/" "$tree/$1"
}

# changed FILE...: nothing but these files of the repository, and what is in
# the tree is what the repository gives.
changed() {
	local have

	have=$(git -C "$top" status --porcelain | cut -c 4- | sort | paste -sd ' ')
	printf 'changed: %s\nexpected: %s\n' "$have" "$*"
	[ "$have" = "$*" ] || return
	rm -rf "$scratch/gives"
	mkdir "$scratch/gives"
	"$top/scripts/overlay" "$KSRC" "$scratch/gives" || return
	(cd "$scratch/gives" && find . -type f -exec cmp '{}' "$tree/{}" ';') |
		(! grep .)
}

# back: to the beginning, in the repository; in the tree, what was written back.
back() {
	git -C "$top" checkout -q . && git -C "$top" clean -qfd && refresh --tree
}

# anew: the same, and what was not written back is lost.
anew() {
	rm -rf "$top/build/edit"
	back >/dev/null 2>&1
}

check 'no tree: an error that says what to do' says 1 'patch-refresh --tree makes one' \
	refresh
check 'a tree is made' says 0 "^$tree\$" refresh --tree
check 'it has the changes' grep -qx 'security.c twenty' "$tree/security/security.c"
check 'nothing was edited: says so' says 0 'nothing was edited' refresh
check 'nothing was edited: nothing is written' changed
touch "$tree/fs/exec.c" "$tree/fs/other.c" "$tree/security/ours.c"
check 'saved without a change: the same' says 0 'nothing was edited' refresh

edit fs/exec.c 'exec.c 12' 'exec.c twelve'
check 'a file of one patch' says 0 '^kernel/patches/0001-one.patch$' refresh
check 'only this patch is written' changed kernel/patches/0001-one.patch
check 'its message stays' grep -qx 'Text.' "$top/kernel/patches/0001-one.patch"
check 'once more: nothing was edited' says 0 'nothing was edited' refresh
check 'the repository goes back: so does the tree' back
check 'and is as it was' grep -qx 'exec.c 12' "$tree/fs/exec.c"

edit security/security.c 'security.c 5' 'security.c five\nsecurity.c more'
check 'a file of two patches: both are named' says 1 '0002-two.patch' refresh
check 'nothing is written' says 0 '^$' git -C "$top" status --porcelain
check 'the first one is named by number' says 0 '0001-one.patch' refresh 1
check 'the second one has other line numbers' changed \
	kernel/patches/0001-one.patch kernel/patches/0002-two.patch
check 'it went there' grep -qx '+security.c five' "$top/kernel/patches/0001-one.patch"
anew
edit security/security.c 'security.c 5' 'security.c five'
check 'the second one is named' says 0 '^kernel/patches/0002-two.patch$' \
	refresh 0002-two.patch
check 'the first one stays' changed kernel/patches/0002-two.patch
anew
edit security/security.c 'security.c twenty' 'security.c score'
check 'a line of a later patch: an error' says 1 '0002-two.patch$' refresh 1
check 'an error writes nothing' says 0 '^$' git -C "$top" status --porcelain
check 'an unknown patch: an error' says 1 'no patch 7' refresh 7
anew

edit security/ours.c 'ours.c 10' 'ours.c ten'
echo more >>"$tree/Documentation/ours.rst"
check 'our own files' refresh
check 'are copied' changed Documentation/ours.rst kernel/security/ours.c
anew
edit security/ours.c 'ours.c twenty' 'ours.c score'
check 'our own file, a line of a later patch: an error' says 1 '0002-two.patch' \
	refresh
check 'this patch is named' refresh 2
check 'and is written' changed kernel/patches/0002-two.patch
anew

edit security/landlock/Kconfig '\tbool "Ours"' '\tbool "Our own"'
check 'an option of ours' says 0 '^Kconfig.snippet$' refresh
check 'is in the snippet' changed Kconfig.snippet
edit security/landlock/Kconfig 'config SECURITY_LANDLOCK' 'config SECURITY_LANDLOCK\n\tbool'
check "the kernel's own option" refresh 1
check 'is in the patch' changed Kconfig.snippet kernel/patches/0001-one.patch
anew

edit fs/other.c 'other.c 1' 'other.c one'
edit fs/exec.c 'exec.c 12' 'exec.c twelve'
check 'a file of no patch: an error' says 1 'no patch changes fs/other.c' refresh
check 'a patch is named' refresh 2
check 'the file of one patch stays there' changed \
	kernel/patches/0001-one.patch kernel/patches/0002-two.patch
anew
edit fs/exec.c 'exec.c 12' 'exec.c twelve'
check 'the file is named, too' refresh 2 fs/exec.c
check 'and moves there' changed kernel/patches/0002-two.patch
anew

mkdir -p "$tree/tools/testing/selftests/x"
echo test >"$tree/tools/testing/selftests/x/test.sh"
chmod +x "$tree/tools/testing/selftests/x/test.sh"
check 'a new file: an error' says 1 'name the patch' refresh
check 'with a patch' refresh 1
check 'is copied with its mode' test -x "$top/selftests/x/test.sh"
check 'and comes with the patch' says 0 '^2$' sh -c \
	"sed -n '/0001/,/0002/p' '$top/kernel/patches/series' | grep -c '^	+ '"
check 'in place' changed kernel/patches/series selftests/x/
rm "$tree/Documentation/ours.rst"
check 'a file is deleted' says 0 'Documentation/ours.rst (deleted)' refresh
check 'from the series, too' says 1 '^$' grep ours.rst "$top/kernel/patches/series"
check 'the repository loses a directory again' back
check 'so does the record: nothing was edited' says 0 'nothing was edited' refresh
anew

edit security/ours.c 'ours.c 10' 'ours.c ten'
sed -i 's/^ours.c 2$/ours.c two/' "$top/kernel/security/ours.c"
check 'the repository changed meanwhile: an error' says 1 'changed since' refresh
check 'which --tree mends' refresh --tree
check 'both changes are there' says 0 '^2$' \
	grep -cx -e 'ours.c ten' -e 'ours.c two' "$tree/security/ours.c"
check 'written' refresh
check 'as it should be' changed kernel/security/ours.c
unset KSRC EXECLOCK_CACHE
