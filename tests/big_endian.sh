#!/usr/bin/env bash
# Runs the tests of what looks at the bytes of numbers on a big-endian machine, s390x: they are cross-compiled, and an
# emulator runs them. tests/run.sh --all installs what this needs.
#
# usage: tests/big_endian.sh [jobs]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=(kernels/elementary_functions core/hash core/random data/idx io/checkpoint io/encoding)
helpers=(memory_watch)

leave_out() { echo "left out: the tests on a big-endian machine: $1"; exit 0; }
compiler=s390x-linux-gnu-g++
command -v $compiler >/dev/null || leave_out "$compiler is not installed"
emulator=$(command -v qemu-s390x-static || command -v qemu-s390x) || leave_out "qemu-s390x is not installed"
[ -e /usr/include/catch2/catch.hpp ] || leave_out "they need Catch2 2, which is headers alone"
eigen=$(pkg-config --variable=includedir eigen3 2>/dev/null || true)
if [ ! -e "$eigen/Eigen/Core" ]; then eigen=/usr/include/eigen3; fi
if command -v ccache >/dev/null; then compiler="ccache $compiler"; fi

# Relative paths, so that the folder may have any name. The headers for all machines, /usr/include, come last, since the
# cross compiler has a C library of its own.
build=build/s390x
mkdir -p $build
{
  cat <<RULES
rule compile
  command = $compiler -std=c++20 -O1 -Wall -Wextra -Werror -MD -MF \$out.d -I../../include -I../../tests -isystem $eigen -idirafter /usr/include -c \$in -o \$out
  depfile = \$out.d
rule link
  command = $compiler -pthread \$in -o \$out
RULES
  objects=main.o
  echo "build main.o: compile main.cpp"
  for name in "${helpers[@]}" "${tests[@]/%/.test}"; do
    echo "build $name.o: compile ../../tests/$name.cpp"
    objects+=" $name.o"
  done
  echo "build tests: link $objects"
} >$build/build.ninja
printf '#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n' >$build/main.cpp
ninja -C $build -j "${1:-2}"

# An emulated machine is slow: a part of the long tests' cases.
cd $build
NN_TEST_EFFORT=${NN_TEST_EFFORT:-0.05} "$emulator" -L /usr/s390x-linux-gnu ./tests
