# find_package(moat): the target moat::moat.
#
# SPDX-License-Identifier: MIT
include(CMakeFindDependencyMacro)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  find_dependency(Threads)
endif()
include("${CMAKE_CURRENT_LIST_DIR}/moatTargets.cmake")
