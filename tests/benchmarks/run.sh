#!/usr/bin/env bash
# Measures nn against every library that Debian packages and against what the machine allows: installs the peers it can,
# builds, runs all contenders in turn, and writes one table to the terminal and to tests/benchmarks/RESULTS.md.
#
# usage: tests/benchmarks/run.sh [options]      from any folder; a full run takes about half an hour of a quiet machine
#   --quick              tiny sizes, once, hardly optimised, nothing is installed: shows that everything works, its times
#                        mean nothing
#   --only W1,W2         some works; RESULTS.md is written by full runs only
#   --contenders nn,...  some contenders
#   --repetitions N      5 if not given
#   --no-install         only with the peers that are there
#   NN_MNIST_DIR=folder  the four MNIST files; if not given they are fetched into the user's cache
#   NN_COURSE_DIR=folder the course's program in Python (main.py and its modules), for the row `course`; left out without
#   NN_BENCHMARK_BUILD=folder, NN_BENCHMARK_CORES=0,1   where to build, and which cores to use
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=cmake/install_packages.sh
source cmake/install_packages.sh

install=true
build=build/bench
settings=()
options=()
for option; do
  case $option in
    --no-install) install=false ;;
    --quick)
      install=false build=build/bench-quick options+=("$option")
      settings=(-D NN_BENCHMARK_VARIANTS=OFF "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG")
      ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    *) options+=("$option") ;;
  esac
done

# --- The peers -----------------------------------------------------------------------------------------------------------

# Debian's Python has Debian's NumPy; another one may come first in PATH.
python=python3
if ! python3 -c 'import numpy' 2>/dev/null && [ -x /usr/bin/python3 ]; then python=/usr/bin/python3; fi
has_python() { "$python" -c "import $1" 2>/dev/null; }
has_file() { compgen -G "$1" >/dev/null; }

if $install && has_command apt-get; then
  need command:cmake "configures the build" cmake cmake cmake
  need command:ninja "builds" ninja-build ninja-build ninja
  need command:c++ "compiles" g++ gcc-c++ gcc
  need header:Eigen/Core "the matrices of nn" libeigen3-dev eigen3-devel eigen
  need header:nlohmann/json.hpp "the files of nn" nlohmann-json3-dev json-devel nlohmann-json
  need header:torch/csrc/api/include/torch/torch.h "a peer: libtorch" libtorch-dev pytorch-devel pytorch
  need header:dlib/dnn.h "a peer: dlib" libdlib-dev dlib-devel dlib
  need header:fann.h "a peer: FANN" libfann-dev fann-devel fann
  need header:oneapi/dnnl/dnnl.hpp "a peer: oneDNN" libdnnl-dev onednn-devel onednn
  need python:numpy "a peer: NumPy" python3-numpy python3-numpy numpy
  need python:sklearn "a peer: scikit-learn" python3-sklearn python3-scikit-learn scikit-learn
  need file:/usr/bin/time "measures what compilers take" time time -
  need file:'/usr/lib/*/openblas-pthread/libblas.so.3' "the matrix product of the peers" libopenblas0-pthread - -
  need file:'/usr/lib/*/openblas-openmp/libblas.so.3' "the same for two threads" libopenblas0-openmp - -
  install_missing || echo "Going on with the peers that are there."
fi

# --- The data, the build, the runs ---------------------------------------------------------------------------------------

if [ -z "${NN_MNIST_DIR:-}" ]; then
  cmake -P cmake/fetch_mnist.cmake
  NN_MNIST_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/nn/mnist
  if [ -z "${XDG_CACHE_HOME:-}" ] && [ "$(uname)" = Darwin ]; then NN_MNIST_DIR=$HOME/Library/Caches/nn/mnist; fi
fi
export NN_MNIST_DIR

build=${NN_BENCHMARK_BUILD:-$build}
cmake --preset bench -B "$build" ${settings[@]+"${settings[@]}"} >"${TMPDIR:-/tmp}/nn-benchmark-configure.$$" || {
  cat "${TMPDIR:-/tmp}/nn-benchmark-configure.$$"
  exit 1
}
grep 'Benchmarks:' "${TMPDIR:-/tmp}/nn-benchmark-configure.$$" || true
rm "${TMPDIR:-/tmp}/nn-benchmark-configure.$$"
cmake --build "$build"
"$python" tests/benchmarks/collect.py --build "$build" "${options[@]}"
