# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# scripts/version: what is built later is an upgrade.

# shellcheck disable=SC2154 # the one of run
top=$scratch/versions
script=$top/scripts/version
mkdir -p "$top/scripts"
cp "$TOP"/scripts/{version,lib.sh} "$top/scripts/"
cp "$TOP/.gitattributes" "$top/"
echo 0.2 >"$top/VERSION"
echo /build/ >"$top/.gitignore"
git -C "$top" init -q
git -C "$top" add -A

# commit SECONDS MESSAGE
commit() {
	GIT_COMMITTER_DATE="@$1 +0000" git -C "$top" commit -q --allow-empty -m "$2"
}

# rises FROM TO
rises() {
	printf '%s to %s\n' "$1" "$2"
	dpkg --compare-versions "$1" lt "$2"
}

commit 1700000000 one
first=$("$script")
check 'a commit: its time' says 0 '^0.2~git20231114.221320$' "$script"
check 'in seconds, too' says 0 '^1700000000$' "$script" --time
check 'above the version that all had before' rises 0.1-1 "$first"
touch "$top/VERSION"
check 'touched, not changed: the same' says 0 "^$first\$" "$script"
mkdir -p "$top/build"
touch "$top/build/log"
check 'built: the same' says 0 "^$first\$" "$script"
touch -d @1700000060 "$top/new"
second=$("$script")
check 'a new file: above' rises "$first" "$second"
echo >>"$top/scripts/lib.sh"
touch -d @1700000120 "$top/scripts/lib.sh"
third=$("$script")
check 'a changed file: above' rises "$second" "$third"
git -C "$top" add -A
check 'added: the same' says 0 "^$third\$" "$script"
commit 1700000180 two
fourth=$("$script")
check 'committed: above' rises "$third" "$fourth"
git clone -q "file://$top" "$scratch/clone"
check 'a clone: the same' says 0 "^$fourth\$" "$scratch/clone/scripts/version"
git clone -q --depth 1 "file://$top" "$scratch/shallow"
check 'a shallow clone: the same' says 0 "^$fourth\$" "$scratch/shallow/scripts/version"
mkdir "$scratch/archive"
git -C "$top" archive HEAD | tar -xf - -C "$scratch/archive"
check 'an archive: the same' says 0 "^$fourth\$" "$scratch/archive/scripts/version"
mkdir "$scratch/copy"
cp -r "$top"/{VERSION,scripts} "$scratch/copy/"
find "$scratch/copy" -exec touch -d @1700000240 '{}' +
check 'a copy: the time of its newest file' rises "$fourth" \
	"$("$scratch/copy/scripts/version")"
git -C "$top" tag v0.2
check 'a release: the version' says 0 '^0.2$' "$script"
check 'which is above' rises "$fourth" "$("$script")"
rm -r "$scratch/archive"
mkdir "$scratch/archive"
git -C "$top" archive v0.2 | tar -xf - -C "$scratch/archive"
check 'its archive: the same' says 0 '^0.2$' "$scratch/archive/scripts/version"
touch "$top/another"
check 'a change after it: no release' says 0 '^0.2~git' "$script"
rm "$top/another"
echo 0.3 >"$top/VERSION"
check 'the next version: above' rises 0.2 "$("$script")"
