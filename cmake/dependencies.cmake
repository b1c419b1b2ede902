# Threads, which the system has; Eigen and nlohmann_json: found first, fetched by pinned hash second. CMake's own switches
# serve here: FETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER fetches without looking, FETCHCONTENT_SOURCE_DIR_EIGEN3 and
# FETCHCONTENT_SOURCE_DIR_NLOHMANN_JSON take a folder that is already there, FETCHCONTENT_FULLY_DISCONNECTED=ON never fetches.
include(FetchContent)

find_package(Threads REQUIRED)

# No version for Eigen: a request for 3.4 refuses Eigen 5, and a range refuses 3.4; so it is compared below.
# A SOURCE_SUBDIR that does not exist keeps the fetched projects' own targets and tests out of this build.
FetchContent_Declare(Eigen3
  URL https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz
  URL_HASH SHA256=8586084f71f9bde545ee7fa6d00288b264a2b7ac3607b974e54d13e7162c1c72
  SOURCE_SUBDIR headers-only
  FIND_PACKAGE_ARGS CONFIG)
FetchContent_Declare(nlohmann_json
  URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d
  SOURCE_SUBDIR headers-only
  FIND_PACKAGE_ARGS 3.10 CONFIG)

if(NOT TARGET Eigen3::Eigen)
  FetchContent_MakeAvailable(Eigen3)
  if(Eigen3_FOUND AND Eigen3_VERSION VERSION_LESS 3.4)
    message(FATAL_ERROR "nn needs Eigen 3.4 or newer, but ${Eigen3_DIR} has ${Eigen3_VERSION}; set Eigen3_DIR to a newer "
                        "one, or fetch it with -D FETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER.")
  endif()
endif()
if(NOT TARGET nlohmann_json::nlohmann_json)
  FetchContent_MakeAvailable(nlohmann_json)
endif()

# Global, so that a later find_package(Eigen3) of the user's project, which CMake answers with the fetched one, has it too.
if(NOT TARGET Eigen3::Eigen)
  add_library(Eigen3::Eigen INTERFACE IMPORTED GLOBAL)
  target_include_directories(Eigen3::Eigen INTERFACE ${eigen3_SOURCE_DIR})
endif()
if(NOT TARGET nlohmann_json::nlohmann_json)
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED GLOBAL)
  target_include_directories(nlohmann_json::nlohmann_json INTERFACE ${nlohmann_json_SOURCE_DIR}/include)
endif()
