# Gets MNIST into the user's cache folder, where the example looks for it: cmake -P cmake/fetch_mnist.cmake
#   -D NN_MNIST_MIRRORS="URL;URL"   (before -P) folders with the four files packed by gzip, tried in turn
#   NN_OFFLINE=1                    the network is not touched
# MNIST: Yann LeCun, Corinna Cortes and Christopher Burges; CC BY-SA 3.0.
cmake_minimum_required(VERSION 3.25)

# Name, bytes and SHA-256 of what is inside the package: packages of the same file differ from mirror to mirror. The
# smallest comes first: it shows whether a mirror is there at all.
set(files
  "t10k-labels-idx1-ubyte 10008 ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
  "train-labels-idx1-ubyte 60008 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
  "t10k-images-idx3-ubyte 7840016 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
  "train-images-idx3-ubyte 47040016 ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db")
if(NOT DEFINED NN_MNIST_MIRRORS)
  set(NN_MNIST_MIRRORS
    https://storage.googleapis.com/cvdf-datasets/mnist
    https://ossci-datasets.s3.amazonaws.com/mnist
    https://raw.githubusercontent.com/fgnt/mnist/master
    https://web.archive.org/web/20200101000000id_/http://yann.lecun.com/exdb/mnist)
endif()

if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(folder $ENV{XDG_CACHE_HOME}/nn/mnist)
elseif("$ENV{HOME}" STREQUAL "")
  message(FATAL_ERROR "There is no place to put MNIST: neither HOME nor XDG_CACHE_HOME is set.")
elseif(CMAKE_HOST_APPLE)
  set(folder $ENV{HOME}/Library/Caches/nn/mnist)
else()
  set(folder $ENV{HOME}/.cache/nn/mnist)
endif()

# Which files are missing, or other than they should be.
set(missing "")
foreach(file IN LISTS files)
  string(REPLACE " " ";" file ${file})
  list(POP_FRONT file name size sum)
  if(EXISTS ${folder}/${name})
    file(SHA256 ${folder}/${name} found)
    if(NOT found STREQUAL sum)
      message(STATUS "${folder}/${name} is not the file of MNIST, its SHA-256 is ${found}; getting it again")
      list(APPEND missing "${name} ${size} ${sum}")
    endif()
  else()
    list(APPEND missing "${name} ${size} ${sum}")
  endif()
endforeach()
if(NOT missing)
  message(STATUS "MNIST is there and right: ${folder}")
  return()
endif()

set(by_hand "To get it by hand, put the four files, unpacked, into one folder and set NN_MNIST_DIR to it.")
if("$ENV{NN_OFFLINE}" STREQUAL "1")
  message(FATAL_ERROR "MNIST is not in ${folder}, and NN_OFFLINE=1 forbids to get it. ${by_hand}")
endif()
find_program(GZIP gzip)
if(NOT GZIP)
  message(FATAL_ERROR "gzip is needed to unpack MNIST; install it. ${by_hand}")
endif()

file(MAKE_DIRECTORY ${folder})
# One at a time; what a killed one has left is then nobody's.
file(LOCK ${folder}/.lock GUARD PROCESS TIMEOUT 900 RESULT_VARIABLE locked)
if(NOT locked STREQUAL "0")
  message(FATAL_ERROR "Cannot write into ${folder}: ${locked}. ${by_hand}")
endif()
set(unfinished ${folder}/.unfinished)
file(REMOVE_RECURSE ${unfinished})
file(MAKE_DIRECTORY ${unfinished})

# get(mirror name size sum result): the file in its place, or a reason in result.
function(get mirror name size sum result)
  set(limit 600)
  if(size LESS 100000)
    set(limit 8)  # also the time that a mirror has to answer at all
  endif()
  set(packed ${unfinished}/${name}.gz)
  file(DOWNLOAD ${mirror}/${name}.gz ${packed} STATUS status TIMEOUT ${limit} INACTIVITY_TIMEOUT 20 TLS_VERIFY ON)
  list(POP_FRONT status code)
  if(NOT code EQUAL 0)
    set(${result} "${status}" PARENT_SCOPE)
    return()
  endif()
  # Never more than one byte too many, whatever the package unpacks to.
  math(EXPR enough "${size} + 1")
  execute_process(COMMAND ${GZIP} -dc ${packed} COMMAND head -c ${enough} OUTPUT_FILE ${unfinished}/${name} ERROR_QUIET)
  file(SHA256 ${unfinished}/${name} found)
  if(NOT found STREQUAL sum)
    set(${result} "its content is not that of MNIST, the SHA-256 is ${found} instead of ${sum}" PARENT_SCOPE)
    return()
  endif()
  file(RENAME ${unfinished}/${name} ${folder}/${name})
  file(REMOVE ${packed})
  set(${result} "" PARENT_SCOPE)
endfunction()

message(STATUS "Getting MNIST (11.6 MB) into ${folder}")
set(mirrors ${NN_MNIST_MIRRORS})
foreach(file IN LISTS missing)
  string(REPLACE " " ";" file ${file})
  list(POP_FRONT file name size sum)
  set(reason "no mirror is left")
  while(mirrors)
    list(GET mirrors 0 mirror)
    string(REGEX REPLACE "/+$" "" mirror ${mirror})
    get(${mirror} ${name} ${size} ${sum} reason)
    if(reason STREQUAL "")
      message(STATUS "${name}: SHA-256 is right, from ${mirror}")
      break()
    endif()
    message(STATUS "${mirror}/${name}.gz: ${reason}")
    list(POP_FRONT mirrors)  # what failed once is not waited for again
  endwhile()
  if(NOT reason STREQUAL "")
    file(REMOVE_RECURSE ${unfinished})
    message(FATAL_ERROR "No mirror gave ${name} of MNIST, see above; is there a network? ${by_hand}")
  endif()
endforeach()
file(REMOVE_RECURSE ${unfinished})
message(STATUS "MNIST is there and right: ${folder}")
