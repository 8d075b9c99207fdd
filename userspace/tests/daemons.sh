# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the tests
#
# What the tests with services of Debian have in common: a machine as an
# administrator would have set it up, with mistakes, the work of each service in
# daemons.d/NAME, and attacks on it.  They read lib.sh before this.

# Everybody may read it, and only a policy says no.
secret=/srv/private/secret.txt
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
output='' name=''
declare -A tried stopped

not_said() {
	echo "$output"
	! grep -qe "$1" <<<"$output"
}

# talk PORT [LINE]...: what the server on this port has to say to that.
talk() {
	exec 3<>/dev/tcp/127.0.0.1/"$1" || return
	shift
	[ $# = 0 ] || printf '%s\r\n' "$@" >&3
	timeout 20 cat <&3
	exec 3>&-
}

# get PATH: what the web server has to say, with the path as it is.
get() {
	talk 80 "GET $1 HTTP/1.0" ''
}

# the FUNCTION [ARG]...: that of the present policy, if it has one.
the() {
	local function=$1_$name

	shift
	! declare -F "$function" >/dev/null || "$function" "$@"
}

# attack NAME PATTERN DENIED COMMAND...: with the policy, DENIED is what is
# said; without, or on trial, PATTERN.
attack() {
	local text=$1 pattern=$2 error=$3

	shift 3
	case $label in
	without | trial*)
		check "$name: $text" says any "$pattern" "$@"
		return
		;;
	esac
	tried[$name]=$((${tried[$name]-0} + 1))
	check "$name is denied: $text" says any "$error" "$@" &&
		check "$name: nothing came of it: $text" not_said "$pattern" &&
		stopped[$name]=$((${stopped[$name]-0} + 1))
}

# The machine, as an administrator would have set it up, with mistakes.  All
# examples may need the web server or that of SSH on the other side.
set_up() {
	mkdir -p /srv/{site/public,private,shared}
	chmod 777 /srv/shared /srv/private
	echo 'The secret number is 4711.' | tee /srv/site/secret.txt >$secret
	chmod 644 $secret
	echo 'Welcome to the site.' >/srv/site/public/index.html
	ln -s /root/.ssh/id_ed25519 /srv/site/public/key
	sed -i 's/^user .*/user root;/' /etc/nginx/nginx.conf
	cat >/etc/nginx/sites-available/default <<-END
	server {
		listen 80 default_server;
		root /srv/site/public;
		location /files {
			alias /srv/site/public/;
		}
	}
	END
	# As on servers with Debian's recommended packages.
	sed -i 's/^\(passwd\|group\):.*/& systemd/' /etc/nsswitch.conf
	echo 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
	chmod 440 /etc/sudoers.d/user
	install -d -m 700 /root/.ssh
	install -d -m 700 -o user -g user /home/user/.ssh
	ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
	cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
	install -m 600 -o user -g user /root/.ssh/id_ed25519.pub \
		/home/user/.ssh/authorized_keys
	printf '%s\n' 'BatchMode yes' 'StrictHostKeyChecking accept-new' \
		>/etc/ssh/ssh_config.d/test.conf
	# Attacks come from the same address as those who work.
	echo 'PerSourcePenalties no' >/etc/ssh/sshd_config.d/test.conf
	ssh-keygen -q -A
	mkdir -p "$dir/deb"
	for name in $names; do
		the set_up
	done
	systemctl daemon-reload
}
