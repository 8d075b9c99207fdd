# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# scripts/deb: the package and what Debian says about it.

deb=$("$TOP/scripts/deb" 2>/dev/null)
check 'a package is made' test -s "$deb"
check 'it has the version of the sources' says 0 "^$("$TOP/scripts/version")\$" \
	dpkg-deb -f "$deb" Version
check 'so does the tool' says 0 "^execlock $("$TOP/scripts/version")\$" \
	"$TOP/build/package/source/build/userspace/execlock" --version
check 'lintian has no objections' lintian --allow-root \
	--fail-on error,warning "$deb"
sum=$(sha256sum <"$deb")
check 'once more' "$TOP/scripts/deb"
check 'the same bytes' test "$sum" = "$(sha256sum <"$deb")"
