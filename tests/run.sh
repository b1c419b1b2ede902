#!/usr/bin/env bash
# Runs every test: installs what is missing, then builds and runs the suite with Clang under AddressSanitizer and
# UndefinedBehaviorSanitizer (warnings are errors), what computes with GCC, optimised, and the threaded tests with
# ThreadSanitizer; with both compilers go the programs that must not compile, with GCC the projects that use nn and the
# examples. (cmake --workflow --preset clang, or release, is the whole suite, optimised.) At its end it says what was
# left out, and why.
#
# usage: tests/run.sh        from any folder; builds under build/ and stops at the first failure
#   --all                    also installs what only some tests need: compilers for 32 bits and for s390x, which is
#                            big-endian, an emulator of it, libc++, MPI, the sources of locales with a decimal comma,
#                            a compiler for browsers and a browser
#   NN_MNIST_DIR=folder      the four MNIST files, for the tests that read them; they are skipped without
#   NN_TEST_EFFORT=0.1       the share of the cases of long tests; all of them by default, a part under sanitizers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=cmake/install_packages.sh
. cmake/install_packages.sh

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'tests/run.sh: %s\n' "$*" >&2; exit 1; }
all=no
for option; do
  case $option in
    --all) all=yes ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "there is no option $option; try --help" ;;
  esac
done

# --- What is missing -----------------------------------------------------------------------------------------------------

has_sanitizers_of() { has_command "$1" && "$1" -fsanitize=address,undefined -x c++ -o /dev/null - <<<'int main() {}' 2>/dev/null; }
has_bits() { echo '#include <vector>' | g++ "-m$1" -x c++ -fsyntax-only - 2>/dev/null; }
has_library_of() { echo '#include <vector>' | "$1" -stdlib=libc++ -x c++ -fsyntax-only - 2>/dev/null; }
has_python_module() { python3 -c "import $1" 2>/dev/null || /usr/bin/python3 -c "import $1" 2>/dev/null; }

need command:cmake "configures the build" cmake cmake cmake
need command:ninja "builds" ninja-build ninja-build ninja
need command:g++ "the first compiler of the tests" g++ gcc-c++ gcc
need sanitizers_of:clang++ "the second compiler of the tests, and its sanitizers" clang,libclang-rt-dev clang,compiler-rt llvm
need command:pkg-config "the test that uses nn through it" pkg-config pkgconf-pkg-config pkg-config
need header:Eigen/Core "the matrices of nn" libeigen3-dev eigen3-devel eigen
need header:nlohmann/json.hpp "the files of nn" nlohmann-json3-dev json-devel nlohmann-json
need header:catch2/catch.hpp,catch2/catch_all.hpp "the tests are written with it" catch2 catch-devel catch2
need header:CLI/CLI.hpp "the flags of the MNIST example" libcli11-dev cli11-devel cli11
if [ "$(package_manager)" != brew ]; then  # which has no stb; the example then reads PGM files only
  need header:stb/stb_image.h "the pictures of the MNIST example" libstb-dev stb-devel -
fi
need python_module:numpy "the test that trades files with the course's program" python3-numpy python3-numpy numpy
if [ $all = yes ] && [ "$(package_manager)" = apt-get ]; then
  need library_of:clang++ "the tests with libc++" libc++-dev,libc++abi-dev - -
  need command:s390x-linux-gnu-g++ "the tests on a big-endian machine" g++-s390x-linux-gnu - -
  need command:qemu-s390x-static,qemu-s390x "an emulator of that machine" qemu-user-static - -
  need command:mpicxx "training on several processes" libopenmpi-dev,openmpi-bin - -
  need python_module:torch "trains the network of examples/from_pytorch" python3-torch - -
  need python_module:onnx "the checker of the ONNX models that are written" python3-onnx - -
  need file:/usr/share/libonnx-testdata "ONNX models that others made" libonnx-testdata - -
  need command:npm "installs ONNX Runtime, which runs the models that are written" npm - -
  need command:arm-none-eabi-gcc "the tests of C headers on a microcontroller" gcc-arm-none-eabi,libnewlib-arm-none-eabi - -
  need command:qemu-system-arm "an emulator of that microcontroller" qemu-system-arm - -
  need command:em++ "compiles the page of examples/handwriting" emscripten,node-acorn - -
  need command:chromium "opens that page" chromium - -
  need file:/usr/share/i18n/locales/de_DE "the tests under a locale with a decimal comma" locales - -
fi
install_missing
if [ $all = yes ] && [ "$(uname -m)-$(package_manager)" = x86_64-apt-get ]; then
  # Of that version by name: g++-multilib is the same for every version, and conflicts with compilers for other machines.
  need bits:32 "the tests of 32-bit programs" "g++-$(g++ -dumpversion | cut -d. -f1)-multilib" - -
  install_missing
fi
require_version CMake "$(cmake --version | awk 'NR == 1 { print $3 }')" 3.25 \
  "https://cmake.org/download, or pip install cmake"

# --- The tests -----------------------------------------------------------------------------------------------------------

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$jobs}
if has_command ccache; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}
fi

# Sanitizers older than some kernels cannot live with their random addresses, so these are turned off where that is allowed.
steady=()
if has_command setarch && setarch "$(uname -m)" -R true 2>/dev/null; then steady=(setarch "$(uname -m)" -R); fi

# Locales for the tests that ask for them; the system's own are out of sight then.
if [ $all = yes ] && has_command localedef && has_file /usr/share/i18n/locales/de_DE; then
  mkdir -p build/locales
  for locale in de_DE ps_AF; do
    localedef -i $locale -f UTF-8 "build/locales/$locale.UTF-8" || fail "localedef cannot make $locale.UTF-8"
  done
  export LOCPATH=$PWD/build/locales
fi

# ONNX Runtime, for the tests that compare with it; what drives a browser, and rules of accessibility, for the page.
if [ $all = yes ] && has_command npm; then
  export NN_NODE_MODULES=$PWD/build/node/node_modules
  for package in onnxruntime-web playwright-core axe-core; do
    if has_file "$NN_NODE_MODULES/$package/package.json"; then continue; fi
    say "Installing $package into build/node"
    npm install --prefix build/node --ignore-scripts --no-audit --no-fund $package || fail "npm cannot install it"
  done
fi

# Whatever is not tested says so in a line that begins with "left out: ": this script, CMake (after "-- "), or a test.
left_out=()
collect_left_out() {  # collect_left_out leg file...
  local line
  while IFS= read -r line; do left_out+=("$1: $line"); done < <(sed -n 's/^\(-- \)\{0,1\}left out: //p' "${@:2}" | sort -u)
}

run() {  # run preset what-it-is
  say "$2 (preset $1)"
  local log=build/$1.configure.log
  mkdir -p build
  cmake --preset "$1" >"$log" || { cat "$log"; fail "$2: configuring failed, see above"; }
  ${steady[@]+"${steady[@]}"} cmake --build --preset "$1" --parallel "$jobs" || fail "$2: building failed, see above"
  ${steady[@]+"${steady[@]}"} ctest --preset "$1" || fail "$2: tests failed, see above; again: ctest --preset $1 --rerun-failed"
  collect_left_out "$1" "$log" "build/$1/Testing/Temporary/LastTest.log"
}

# The short ones first.
run tsan "Threaded tests with ThreadSanitizer"
run asan "All tests with Clang, AddressSanitizer and UndefinedBehaviorSanitizer"
if [ $all = yes ]; then
  say "Tests on a big-endian machine, s390x, which is emulated"
  tests/big_endian.sh "$jobs" | tee build/s390x.log || fail "big-endian: see above; again: tests/big_endian.sh"
  collect_left_out s390x build/s390x.log
else
  left_out+=("s390x: the tests on a big-endian machine: tests/run.sh --all runs them")
fi
if has_command em++ && has_command chromium && has_file "${NN_NODE_MODULES:-}/playwright-core/package.json"; then
  say "The page of examples/handwriting in Chromium"
  examples/handwriting/test.sh build/handwriting-test || fail "the page: see above; again: examples/handwriting/test.sh"
else
  left_out+=("handwriting: the page in a browser: tests/run.sh --all installs what it needs and runs it")
fi
run gcc "Tests of all that is computed, with GCC"

if [ ${#left_out[@]} -gt 0 ]; then
  say "All passed. Left out were"
  printf '%s\n' "${left_out[@]}" | awk '{
    leg = $1; sub(/:$/, "", leg); sub(/^[^ ]+ /, "")
    if (!($0 in legs)) order[++count] = $0
    legs[$0] = legs[$0] (legs[$0] == "" ? "" : ", ") leg
  } END { for (i = 1; i <= count; ++i) print legs[order[i]] ": " order[i] }'
else
  say "All passed, and nothing was left out."
fi
