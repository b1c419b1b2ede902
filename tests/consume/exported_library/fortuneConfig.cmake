include(CMakeFindDependencyMacro)
find_dependency(nn)
include(${CMAKE_CURRENT_LIST_DIR}/fortuneTargets.cmake)
