# Run with -P: installs nn, moves it to a folder with a space in its name, and packs the sources as a release would be.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix "${WORK}/first" OUTPUT_QUIET
                COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${WORK}/first" "${WORK}/a moved place")
execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf "${WORK}/nn.tar.gz" CMakeLists.txt LICENSE cmake include
                WORKING_DIRECTORY "${SOURCE}" COMMAND_ERROR_IS_FATAL ANY)
file(SHA256 "${WORK}/nn.tar.gz" hash)
file(WRITE "${WORK}/archive.cmake" "set(NN_ARCHIVE \"file://${WORK}/nn.tar.gz\" CACHE STRING \"\")\n"
                                 "set(NN_ARCHIVE_SHA256 ${hash} CACHE STRING \"\")\n")

# Dependencies as a download would leave them, for the tests of fetching without a network.
file(MAKE_DIRECTORY "${WORK}/fetched/eigen" "${WORK}/fetched/json/include")
file(CREATE_LINK "${EIGEN}/Eigen" "${WORK}/fetched/eigen/Eigen" SYMBOLIC)
file(CREATE_LINK "${JSON}/nlohmann" "${WORK}/fetched/json/include/nlohmann" SYMBOLIC)

# Packages that say they are Eigen of a version too old, and of the next major version.
foreach(version IN ITEMS 3.3.9 5.0.1)
  file(WRITE "${WORK}/eigen_${version}/Eigen3Config.cmake"
    "add_library(Eigen3::Eigen INTERFACE IMPORTED)\ntarget_include_directories(Eigen3::Eigen INTERFACE \"${EIGEN}\")\n")
  file(WRITE "${WORK}/eigen_${version}/Eigen3ConfigVersion.cmake"
    "set(PACKAGE_VERSION ${version})\nstring(REGEX MATCH \"^[0-9]+\" major \${PACKAGE_VERSION})\n"
    "if(NOT PACKAGE_FIND_VERSION OR PACKAGE_FIND_VERSION_MAJOR EQUAL major)\n"
    "  set(PACKAGE_VERSION_COMPATIBLE TRUE)\nendif()\n")
endforeach()
