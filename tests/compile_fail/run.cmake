# Run with -P: compiles SOURCE, which must fail with the sentence of its first line, `// expect: <regular expression>`, or
# `// expect first: <regular expression>` where the first error must say it; a source without that line must compile.
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -fmessage-length=0 ${INCLUDES} ${SOURCE}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
message("${output}")
if(NOT first_line MATCHES "^// expect( first)?: (.+)$")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${SOURCE} must compile.")
  endif()
elseif(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE} must not compile.")
else()
  set(expected "${CMAKE_MATCH_2}")
  if(CMAKE_MATCH_1)
    string(REGEX MATCH "[^\n]*error: [^\n]*" output "${output}")
  endif()
  if(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "The compiler's output must have: ${expected}")
  endif()
endif()
