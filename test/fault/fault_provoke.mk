# SPDX-License-Identifier: MIT
$(eval $(call program,test/fault_provoke,test/fault/provoke.c test/task.c test/cpu_$(PORT).S,fault_provoke))
