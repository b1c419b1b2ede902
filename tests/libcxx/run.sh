#!/bin/sh
# run.sh compiler folder flags...: compiles the program beside this script with libc++, and runs it.
set -eu
here=$(dirname "$0")
compiler=$1 folder=$2
shift 2
"$compiler" -std=c++20 -stdlib=libc++ -pthread "$@" "$here"/main.cpp "$here"/training.cpp "$here"/inference.cpp \
  -o "$folder/libcxx_program"
"$folder/libcxx_program" "$folder"
