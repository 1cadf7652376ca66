# SPDX-License-Identifier: MIT
$(eval $(call program,test/fault_provoke,test/fault/provoke.c,fault_provoke))
