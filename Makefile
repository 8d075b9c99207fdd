# SPDX-License-Identifier: GPL-2.0-only
#
# The commands of this repository.  Each is a script in scripts/ or a Makefile
# further down; this file only says which belongs to which name.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=

# The kernels, the machine and the tests come after the packages they need.
# Components are built by their own Makefile, where there is one.
components := $(patsubst %/Makefile,%,$(wildcard bpf/Makefile userspace/Makefile))

##@ Building

all: kernel $(components) ## The kernel, the BPF programs and the tools

deps: ## Check for the Debian packages needed; as root, install them
	@scripts/deps

kernel: deps ## The kernel with this overlay in it
	@scripts/kernel-build patched

kernel-stock: deps ## The kernel as published, to compare with
	@scripts/kernel-build stock

kernel-debug: deps ## The same with KASAN, lockdep, kmemleak, fault injection
	@scripts/kernel-build debug

# libbpf and bpftool of this kernel, with which the components are built.
bpf-tools: kernel
	@scripts/bpf-tools

$(components): bpf-tools
	@$(MAKE) -C $@

# An installed kernel is the distribution's business; this is the tools.
install: $(components) ## The tools, into $(DESTDIR)$(PREFIX)
	@$(MAKE) -C userspace install PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'

deb: kernel ## The tools as a Debian package, in build/deb/
	@scripts/deb

deb-kernel: deps ## The kernel as Debian packages, in build/deb/
	@scripts/deb-kernel

##@ Testing

check: deps ## All suites on the patched kernel (SUITES="match explain": these)
	@scripts/check $(SUITES)

check-stock: deps ## The stock Landlock suite, on the stock kernel and on ours
	@scripts/check same-as-stock

check-debug: deps ## The same tests on the debugging kernel
	@scripts/check --debug $(SUITES)

check-lean: deps ## Those that need no BPF, without BPF LSM, audit, tracepoints
	@scripts/check --lean $(SUITES)

check-lsm: deps ## Those about new privileges, next to AppArmor, SELinux, Smack
	@scripts/check --lsm $(SUITES)

check-daemons: $(components) ## A whole day of the examples (NAMES="nginx ssh ...")
	@userspace/tests/run-debian guest-daemons --timeout 3600 -- $(NAMES)

check-trials: $(components) ## Six services, from trial to enforcement (NAMES="nginx app ...")
	@userspace/tests/run-debian guest-trials --timeout 7200 -- $(NAMES)

check-replaced: $(components) ## A PostgreSQL whose policy is replaced 1,000 times
	@$(MAKE) -s -C userspace test-programs
	@userspace/tests/run-debian guest-replaced --timeout 7200

check-units: deps ## What learn proposes for six units of Debian
	@scripts/check units

check-learned: $(components) ## What learn proposes, for more (NAMES="gcc node ...")
	@userspace/tests/learned $(NAMES)

check-oci: $(components) ## Policies of containers with podman, crun and runc
	@userspace/tests/run-debian guest-oci --timeout 3600

check-containers: $(components) ## Containers and a browser (NAMES="podman chromium ...")
	@userspace/tests/run-debian guest-containers --timeout 14400 -- $(NAMES)

# Each job on its processor; nobody else uses this machine, nor its sysctls.
check-userns-model: kernel ## 100,000 random sequences of capabilities (COUNT=N)
	@scripts/build-selftests patched capabilities
	@scripts/vm --parallel --timeout 14400 \
		--add build/selftests/patched/capabilities:/tests -- \
		/tests/userns_fuzz_test --count $(or $(COUNT),100000) --jobs 2 --sysctl

coverage: deps ## Which lines of the kernel files the tests reach
	@scripts/coverage

bench: deps ## What it costs, in instructions, next to others
	@scripts/bench

demo: deps ## Watch it work, in a virtual machine
	@scripts/demo

lint: deps ## Look at the sources without running them
	@scripts/lint

##@ Publishing

series: deps ## The overlay as patches for git am, in build/series/
	@scripts/series

series-check: deps ## Build each step of the series, an hour (STEPS=N, CONFIGS=...)
	@scripts/series-check $(if $(STEPS),--steps '$(STEPS)') \
		$(if $(CONFIGS),--configs '$(CONFIGS)')

##@ Cleaning

# What was edited in build/edit is nowhere else until it is written back.
clean: ## Remove build/, but for a kernel tree that is edited there
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name edit \
		-exec rm -rf '{}' +
	@for dir in $(components); do $(MAKE) -C $$dir clean || exit; done

distclean: clean ## Also remove that, the cached sources, objects and images
	rm -rf build "$${EXECLOCK_CACHE:-$$HOME/.cache/execlock}"

help: ## This list
	@echo 'usage: make TARGET'
	@awk -F ':.*## ' ' \
		/^##@ / { printf "\n%s:\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))
	@echo
	@echo 'Environment:'
	@echo '  KSRC           your own kernel source, a tree or a tarball'
	@echo '  EXECLOCK_CACHE where sources, objects and images are kept'
	@echo '                 (~/.cache/execlock)'

.PHONY: all deps kernel kernel-stock kernel-debug bpf-tools install deb \
	deb-kernel check check-stock check-debug check-lean check-lsm \
	check-daemons check-trials check-replaced check-units check-learned \
	check-oci check-containers check-userns-model coverage bench demo \
	lint series series-check clean distclean help $(components)
