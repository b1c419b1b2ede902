# Run with -P: two programs print the same, and both end well.
execute_process(COMMAND ${HEADERS} OUTPUT_VARIABLE of_headers COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${COMPILED} OUTPUT_VARIABLE of_compiled COMMAND_ERROR_IS_FATAL ANY)
if(of_headers STREQUAL "" OR NOT of_headers STREQUAL of_compiled)
  message(FATAL_ERROR "compiled: from headers alone\n${of_headers}\nand with nn::compiled\n${of_compiled}")
endif()
