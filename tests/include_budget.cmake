# Run with -P: what a front door brings with it stays within a budget, because every program that includes it compiles it.
# Counted are the lines of code of nn's own headers behind the door, without comments and blank lines, and looked for are
# the standard headers that take long to compile and that neither Eigen nor nlohmann_json brings anyway. Both are the same
# on every machine; times, and what a standard header includes in turn, are not (tests/benchmarks/include_cost.sh measures).
# The budgets are a few percent above what there is: raise one only for something that is worth its time to everyone.
cmake_minimum_required(VERSION 3.25)

set(inference_budget 10700)
set(training_budget 20200)
set(network_budget 35000)

# <filesystem>, <iostream> and <regex> are in no header at all, by the test `structure`.
set(dear any barrier charconv chrono condition_variable coroutine deque execution format forward_list fstream future iomanip
    latch list locale map memory_resource mutex queue random ranges semaphore set shared_mutex stack stop_token syncstream
    thread unordered_map unordered_set valarray)
set(inference_has)
set(training_has chrono thread)
set(network_has ${training_has} charconv fstream forward_list map)  # nlohmann_json brings the last two, too

# count(header): adds the lines of a header of nn and of all it includes to `lines`, and the dear headers to `found`.
function(count header)
  get_property(seen GLOBAL PROPERTY seen)
  if(header IN_LIST seen)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY seen ${header})
  file(READ ${SOURCE}/include/${header} text)
  string(REGEX MATCHALL "\n *# *include *<[^>]+>" includes "${text}")
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REGEX REPLACE "[ \t]+" "" text "\n${text}\n")
  string(REGEX REPLACE "\n+" "\n" text "${text}")
  string(REGEX REPLACE "[^\n]" "" text "${text}")
  string(LENGTH "${text}" length)
  math(EXPR length "${length} - 1")
  set_property(GLOBAL APPEND_STRING PROPERTY lines " + ${length}")
  foreach(include IN LISTS includes)
    string(REGEX REPLACE ".*<(.*)>" "\\1" include "${include}")
    if(include MATCHES "^nn/")
      count(${include})
    elseif(include IN_LIST dear)
      set_property(GLOBAL APPEND PROPERTY found ${include})
    endif()
  endforeach()
endfunction()

set(mistakes 0)
foreach(door IN ITEMS inference training network)
  set_property(GLOBAL PROPERTY seen)
  set_property(GLOBAL PROPERTY found)
  set_property(GLOBAL PROPERTY lines 0)
  count(nn/${door}.hpp)
  get_property(sum GLOBAL PROPERTY lines)
  math(EXPR lines "${sum}")
  message("nn/${door}.hpp: ${lines} lines of code, at most ${${door}_budget}")
  if(lines GREATER ${door}_budget)
    message("include_budget: nn/${door}.hpp brings ${lines} lines of code, more than ${${door}_budget}; move what few "
            "programs need behind a header of its own, or raise ${door}_budget.")
    math(EXPR mistakes "${mistakes} + 1")
  endif()
  get_property(found GLOBAL PROPERTY found)
  list(REMOVE_DUPLICATES found)
  list(REMOVE_ITEM found "" ${${door}_has})
  foreach(header IN LISTS found)
    message("include_budget: nn/${door}.hpp brings <${header}>, which takes long to compile; do without, or add it to "
            "${door}_has.")
    math(EXPR mistakes "${mistakes} + 1")
  endforeach()
endforeach()
if(mistakes)
  message(FATAL_ERROR "include_budget: ${mistakes} to mend, see above.")
endif()
