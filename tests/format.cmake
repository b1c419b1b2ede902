# Run with -P: every source is formatted as .clang-format says.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE sources ${SOURCE}/include/*.hpp ${SOURCE}/tests/*.?pp ${SOURCE}/examples/*.?pp)
execute_process(COMMAND ${CLANG_FORMAT} --dry-run --Werror ${sources} RESULT_VARIABLE result)
if(result)
  message(FATAL_ERROR "Run: clang-format -i <the files above>")
endif()
