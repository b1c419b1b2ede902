#!/usr/bin/env bash
# Trains the course's network on MNIST: installs what is missing, builds for this machine, gets MNIST (or draws digits
# where it cannot), trains, and prints the result. Its arguments go to the example: examples/mnist/run.sh --help
# --processes N, which comes first, starts it N times by MPI, on this machine: ./run.sh --processes 2 --batch-size 1024
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=../../cmake/install_packages.sh
. "$repository/cmake/install_packages.sh"

processes=1
if [ "${1:-}" = --processes ]; then
  processes=${2:-}
  case $processes in
    '' | *[!0-9]* | 0*)
      echo "run.sh: --processes takes a whole number from 1, got '$processes'" >&2
      exit 2
      ;;
  esac
  shift 2
fi

need command:cmake "configures the build" cmake cmake cmake
need command:ninja,make "builds" ninja-build ninja-build ninja
need command:c++,g++,clang++ "the compiler" g++ gcc-c++ gcc
need header:Eigen/Core "the matrices of nn" libeigen3-dev eigen3-devel eigen
need header:nlohmann/json.hpp "the files of nn" nlohmann-json3-dev json-devel nlohmann-json
need header:CLI/CLI.hpp "the flags of the example" libcli11-dev cli11-devel cli11
if [ "$(package_manager)" != brew ]; then  # which has no stb; then pictures are read from PGM files only
  need header:stb/stb_image.h "pictures in PNG and JPEG" libstb-dev stb-devel -
fi
if [ "$processes" -gt 1 ]; then
  need command:mpicxx "lets processes talk to each other" libopenmpi-dev openmpi-devel open-mpi
  need command:mpirun "starts several processes" openmpi-bin openmpi open-mpi
fi
need command:gzip "unpacks MNIST" gzip gzip gzip
need file:/etc/ssl/certs/ca-certificates.crt,/etc/pki/tls/certs/ca-bundle.crt,/etc/ssl/cert.pem \
  "tells the mirrors of MNIST from impostors" ca-certificates ca-certificates ca-certificates
install_missing >&2
require_version CMake "$(cmake --version | awk 'NR == 1 { print $3 }')" 3.25 \
  "https://cmake.org/download, or pip install cmake"

# --- Build ---------------------------------------------------------------------------------------------------------------

build=$repository/build/mnist mpi=OFF
if [ "$processes" -gt 1 ]; then build=$repository/build/mnist-mpi mpi=ON; fi
log=$build/log
mkdir -p "$build"
generator=()
if [ ! -e "$build/CMakeCache.txt" ] && has_command ninja; then generator=(-G Ninja); fi
native=-march=native
if ! ${CXX:-c++} -march=native -E -x c++ /dev/null >/dev/null 2>&1; then native=-mcpu=native; fi

echo "building (the first time takes about a minute) ..." >&2
{
  cmake -S "$repository" -B "$build" ${generator[@]+"${generator[@]}"} -D CMAKE_BUILD_TYPE=Release \
    -D CMAKE_CXX_FLAGS="$native" -D CMAKE_CXX_FLAGS_RELEASE="-O3 -DNDEBUG" -D NN_BUILD_TESTS=OFF -D NN_BUILD_EXAMPLES=ON \
    -D NN_MPI=$mpi &&
    cmake --build "$build" --target nn_example_mnist
} >"$log" 2>&1 || {
  cat "$log" >&2
  echo "run.sh: building failed, see above" >&2
  exit 1
}

# --- Data, unless the command line or the environment names it, or none is needed ------------------------------------------

needs_data=yes
if [ -n "${NN_MNIST_DIR:-}" ]; then needs_data=no; fi
for argument in "$@"; do
  case $argument in
    --data | --data=* | --predict | --predict=* | --help | -h | --version) needs_data=no ;;
  esac
done
if [ $needs_data = yes ]; then
  cmake -P "$repository/cmake/fetch_mnist.cmake" >&2 || echo "Going on without MNIST." >&2
fi

start=()
if [ "$processes" -gt 1 ]; then
  # Open MPI refuses more processes than cores, and root, unless it is told, and would bind all --threads to one core.
  export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  if [ "$(id -u)" = 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi
  start=(mpirun -np "$processes")
fi
exec ${start[@]+"${start[@]}"} "$build/examples/mnist/mnist" "$@"
