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

#
# What a system does to its files while services run: another file has the same name
# then.
#

# replace FILE...: by a copy, as editors and dpkg do.
replace() {
	local file

	for file; do
		cp -a "$file" "$file.dpkg-new" && mv -T "$file.dpkg-new" "$file" ||
			return
	done
}

# by_dhcp: the servers of names, as clients of DHCP and resolvconf set them.
by_dhcp() {
	echo 'nameserver 192.0.2.1' >/etc/resolv.conf.new
	mv -T /etc/resolv.conf.new /etc/resolv.conf
	replace /etc/hosts
}

# by_resolved: as systemd-resolved does, which then has others.
by_resolved() {
	local resolve=/run/systemd/resolve

	rm -rf $resolve
	mkdir $resolve
	echo 'nameserver 192.0.2.2' >$resolve/stub-resolv.conf
	ln -s ..$resolve/stub-resolv.conf /etc/resolv.conf.new
	mv -T /etc/resolv.conf.new /etc/resolv.conf
	replace $resolve/stub-resolv.conf
}

# certify: the next certificate of the web server.  As certbot has it, a link leads
# to it, and as update-ca-certificates has it, two lead to its authority.
certify() {
	local live=/etc/letsencrypt/live/site archive=/etc/letsencrypt/archive/site
	local authority=/usr/local/share/ca-certificates/site.crt file number

	mkdir -p $live $archive ${authority%/*}
	number=$(($(find $archive -type f | wc -l) / 2 + 1))
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 9 -subj "/CN=site $number" \
		-addext subjectAltName=DNS:localhost \
		-keyout $archive/key$number.pem -out $archive/cert$number.pem || return
	for file in key cert; do
		ln -s ../../archive/site/$file$number.pem $live/$file.pem.new
		mv -T $live/$file.pem.new $live/$file.pem
	done
	cp $archive/cert$number.pem $authority.new
	mv -T $authority.new $authority
	ln -sf $authority /etc/ssl/certs/site.pem
	ln -sf site.pem \
		"/etc/ssl/certs/$(openssl x509 -hash -noout -in $authority).0"
}

# restart_anew UNIT: as at boot, the directories that it has in /run are others.
restart_anew() {
	local directory

	systemctl stop "$1" || return
	for directory in $(the directories); do
		rm -rf "$directory"
		systemd-tmpfiles --create --prefix="$directory" || return
	done
	systemctl start "$1"
}

# replaced: all of this, a user and a group, and files of packages.
replaced() {
	local lib=/usr/lib/x86_64-linux-gnu

	check 'a user is added' useradd -m -s /bin/bash newuser
	check 'a group is added' groupadd newgroup
	check 'and changed' usermod -aG newgroup newuser
	check 'systemd-resolved sets the servers of names' by_resolved
	check 'the cache of libraries is made' ldconfig
	check 'a package brings its files' replace $lib/lib{c.so.6,crypto.so.3} \
		/etc/nsswitch.conf /etc/localtime
	check 'there is a new certificate' certify
	check 'the web server reloads' systemctl reload nginx
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
		listen 443 ssl default_server;
		ssl_certificate /etc/letsencrypt/live/site/cert.pem;
		ssl_certificate_key /etc/letsencrypt/live/site/key.pem;
		root /srv/site/public;
		location /files {
			alias /srv/site/public/;
		}
	}
	END
	# Without the package ca-certificates, there is none.
	[ -e /etc/ssl/certs/ca-certificates.crt ] ||
		cp /etc/ssl/certs/{ssl-cert-snakeoil.pem,ca-certificates.crt}
	certify
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
