#!/bin/sh
# run.sh nvcc folder flags...: compiles the program beside this script as CUDA, and runs it; it needs no device.
set -eu
here=$(dirname "$0")
compiler=$1 folder=$2
shift 2
"$compiler" -std=c++20 "$@" "$here/main.cu" -o "$folder/nvcc_program"
"$folder/nvcc_program"
