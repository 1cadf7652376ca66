# SPDX-License-Identifier: MIT
$(eval $(call program,test/fault_provoke,test/fault/provoke.c test/cpu_$(PORT).S,fault_provoke))
