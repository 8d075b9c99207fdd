# SPDX-License-Identifier: GPL-2.0
#
# Skeletons of the BPF programs in progs/, and what they are made with.  To be
# included behind ../lib.mk.  A Makefile needs no more than these variables:
#
#	BPFTOOL      bpftool, to generate skeletons
#	LIBBPF_A     libbpf.a
#	LIBBPF_INC   directory of bpf/libbpf.h
#	VMLINUX_H    types of the kernel
#
# The missing ones are built from this tree, with the types of VMLINUX, a kernel
# with BTF.

CLANG ?= clang

.DELETE_ON_ERROR:

tools_dir := $(top_srcdir)/tools
scratch := $(OUTPUT)/tools
VMLINUX ?= $(firstword $(wildcard $(if $(O),$(O)/vmlinux) \
	$(if $(KBUILD_OUTPUT),$(KBUILD_OUTPUT)/vmlinux) \
	$(top_srcdir)/vmlinux /sys/kernel/btf/vmlinux))

ifeq ($(BPFTOOL),)
BPFTOOL := $(scratch)/bpftool/bpftool
$(BPFTOOL):
	$(call msg,MAKE,,bpftool)
	$(Q)mkdir -p $(@D)
	$(Q)$(MAKE) -C $(tools_dir)/bpf/bpftool OUTPUT=$(@D)/ LDFLAGS= \
		feature_display=0 all >/dev/null
endif

ifeq ($(LIBBPF_A),)
LIBBPF_A := $(scratch)/libbpf/libbpf.a
LIBBPF_INC := $(scratch)/include
$(LIBBPF_A):
	$(call msg,MAKE,,libbpf)
	$(Q)mkdir -p $(@D)
	$(Q)$(MAKE) -C $(tools_dir)/lib/bpf OUTPUT=$(@D)/ \
		DESTDIR=$(scratch) prefix= feature_display=0 \
		$(LIBBPF_A) install_headers >/dev/null
endif
LIBBPF_INC ?= $(dir $(LIBBPF_A))include

ifeq ($(VMLINUX_H),)
VMLINUX_H := $(OUTPUT)/vmlinux.h
$(VMLINUX_H): $(VMLINUX) $(BPFTOOL)
	$(call msg,GEN,,$@)
	$(Q)$(BPFTOOL) btf dump file $< format c >$@
endif

progs := $(patsubst progs/%.bpf.c,%,$(wildcard progs/*.bpf.c))
skeletons := $(progs:%=$(OUTPUT)/%.skel.h)

# The architecture, as bpf_tracing.h has it.
bpf_arch := $(shell uname -m | sed -e 's/x86_64/x86/' -e 's/aarch64/arm64/' \
	-e 's/ppc64le/powerpc/' -e 's/riscv64/riscv/')

# The kernel's own types rely on -fms-extensions.
BPF_CFLAGS = -g -O2 -Wall -target bpf -mcpu=v3 -D__TARGET_ARCH_$(bpf_arch) \
	-fms-extensions -Wno-microsoft-anon-tag \
	-I$(CURDIR) -I$(dir $(VMLINUX_H)) -isystem $(LIBBPF_INC)

$(OUTPUT)/%.bpf.o: progs/%.bpf.c $(wildcard *.h progs/*.h) Makefile $(VMLINUX_H) $(LIBBPF_A)
	$(call msg,CLANG,,$@)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

$(OUTPUT)/%.skel.h: $(OUTPUT)/%.bpf.o $(BPFTOOL)
	$(call msg,SKEL,,$@)
	$(Q)$(BPFTOOL) gen object $(<:.bpf.o=.linked.o) $<
	$(Q)$(BPFTOOL) gen skeleton $(<:.bpf.o=.linked.o) name $* >$@

.SECONDARY:

EXTRA_CLEAN := $(scratch) $(skeletons) $(OUTPUT)/*.o $(OUTPUT)/vmlinux.h
