#!/usr/bin/env bash
# Trains the course's network on MNIST: installs what is missing, builds for this machine, gets MNIST (or draws digits
# where it cannot), trains, and prints the result. Its arguments go to the example: examples/mnist/run.sh --help
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=../../cmake/install_packages.sh
. "$repository/cmake/install_packages.sh"

need command:cmake "configures the build" cmake cmake cmake
need command:ninja,make "builds" ninja-build ninja-build ninja
need command:c++,g++,clang++ "the compiler" g++ gcc-c++ gcc
need header:Eigen/Core "the matrices of nn" libeigen3-dev eigen3-devel eigen
need header:nlohmann/json.hpp "the files of nn" nlohmann-json3-dev json-devel nlohmann-json
need header:CLI/CLI.hpp "the flags of the example" libcli11-dev cli11-devel cli11
if [ "$(package_manager)" != brew ]; then  # which has no stb; then pictures are read from PGM files only
  need header:stb/stb_image.h "pictures in PNG and JPEG" libstb-dev stb-devel -
fi
need command:gzip "unpacks MNIST" gzip gzip gzip
need file:/etc/ssl/certs/ca-certificates.crt,/etc/pki/tls/certs/ca-bundle.crt,/etc/ssl/cert.pem \
  "tells the mirrors of MNIST from impostors" ca-certificates ca-certificates ca-certificates
install_missing >&2
require_version CMake "$(cmake --version | awk 'NR == 1 { print $3 }')" 3.25 \
  "https://cmake.org/download, or pip install cmake"

# --- Build ---------------------------------------------------------------------------------------------------------------

build=$repository/build/mnist
log=$build/log
mkdir -p "$build"
generator=()
if [ ! -e "$build/CMakeCache.txt" ] && has_command ninja; then generator=(-G Ninja); fi
native=-march=native
if ! ${CXX:-c++} -march=native -E -x c++ /dev/null >/dev/null 2>&1; then native=-mcpu=native; fi

echo "building (the first time takes about a minute) ..." >&2
{
  cmake -S "$repository" -B "$build" ${generator[@]+"${generator[@]}"} -D CMAKE_BUILD_TYPE=Release \
    -D CMAKE_CXX_FLAGS="$native" -D CMAKE_CXX_FLAGS_RELEASE="-O3 -DNDEBUG" -D NN_BUILD_TESTS=OFF -D NN_BUILD_EXAMPLES=ON &&
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

exec "$build/examples/mnist/mnist" "$@"
