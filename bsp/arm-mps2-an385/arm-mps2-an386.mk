# SPDX-License-Identifier: MIT
#
# Arm MPS2 with FPGA image AN386: the AN385 with a Cortex-M4F. For suites about what compilers make for it.

include bsp/arm-mps2-an385/arm-mps2-an385.mk
RUNS := named
CPUFLAGS := -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 --specs=nano.specs
QEMU_CMD := $(subst mps2-an385,mps2-an386,$(QEMU_CMD))
