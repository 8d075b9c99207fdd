# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Hold execs inside BPF programs, for the tests that read this after lib.sh.
# hold.bpf.o is in the same directory, and bpftool in PATH.

# gate KEY VALUE
gate() {
	bpftool map update pinned /sys/fs/bpf/hold-maps/gate key "$1" 0 0 0 \
		value $(($2 & 255)) $(($2 >> 8 & 255)) 0 0
}

# hold USER WHERE: from now on, 0: as they begin, 1: as they look at a file, 2: as
# they look for the policy of their cgroup.
hold() {
	# On a slow machine, the kernel would take this for a stall.
	echo 1 >/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
	bpftool prog loadall "${0%/*}/hold.bpf.o" /sys/fs/bpf/hold \
		pinmaps /sys/fs/bpf/hold-maps autoattach
	gate 1 "$2"
	gate 0 "$1"
}

# came NUMBER: wait until so many have come.
have_come() {
	bpftool --json map lookup pinned /sys/fs/bpf/hold-maps/gate \
		key 2 0 0 0 | grep -q "\"value\":$1[,}]"
}
came() {
	await have_come "$1" && return
	echo "# no exec came"
	return 1
}

# release NUMBER: let so many of them go on, of all that ever came.
release() {
	gate 3 "$1"
}

# hold_no_more: let them all go on.
hold_no_more() {
	gate 0 0
	release 65535
	rm -r /sys/fs/bpf/hold /sys/fs/bpf/hold-maps
	echo 0 >/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
}

# crowd: from now on, keep the processors so busy that who is held has to wait for
# one, too.
crowd() {
	crowd=
	for _ in 1 2 3 4; do
		while :; do :; done &
		crowd="$crowd $!"
	done
}

# crowd_no_more: no longer.
crowd_no_more() {
	# shellcheck disable=SC2086
	kill $crowd
}
