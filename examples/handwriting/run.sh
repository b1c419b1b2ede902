#!/usr/bin/env bash
# Makes handwriting.html, one file that reads handwritten digits and learns them in the browser, and opens it where there
# is a desktop: installs what is missing (emscripten), trains the network where there is none, and compiles nn for the web.
#
# usage: examples/handwriting/run.sh
#   --network FILE.json   a network of examples/mnist/run.sh --recipe page; trained here where not given (two minutes)
#   --epochs N            of that training, 24 by default
#   --output FILE.html    handwriting.html of the current folder by default
#   --build FOLDER        for what is made on the way; build/handwriting by default
#   --no-open             only makes the file
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
# shellcheck source=../../cmake/install_packages.sh
. "$repository/cmake/install_packages.sh"

network='' output=handwriting.html build=$repository/build/handwriting opens=yes epochs=()
while [ $# -gt 0 ]; do
  case $1 in
    --network) network=$2; shift 2 ;;
    --epochs) epochs=(--epochs "$2"); shift 2 ;;
    --output) output=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    --no-open) opens=no; shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "run.sh: there is no option $1; try --help" >&2; exit 2 ;;
  esac
done

need command:em++ "compiles C++ for the browser" emscripten,node-acorn emscripten emscripten
need command:node "puts the page together" nodejs nodejs node
need command:c++,g++,clang++ "the compiler" g++ gcc-c++ gcc
need header:Eigen/Core "the matrices of nn" libeigen3-dev eigen3-devel eigen
need header:nlohmann/json.hpp "the files of nn" nlohmann-json3-dev json-devel nlohmann-json
install_missing >&2

mkdir -p "$build/include"
folder_of() {  # folder_of Eigen/Core: where a header is
  local prefix
  for prefix in /usr/include /usr/include/eigen3 /usr/local/include /usr/local/include/eigen3 /opt/homebrew/include /opt/homebrew/include/eigen3; do
    if [ -e "$prefix/$1" ]; then echo "$prefix"; return; fi
  done
  echo "run.sh: $1 is in no usual folder" >&2
  return 1
}
eigen=$(folder_of Eigen/Core) json=$(folder_of nlohmann/json.hpp)
ln -sfn "$eigen/Eigen" "$build/include/Eigen"  # these alone: the system's other headers are not for the browser
ln -sfn "$json/nlohmann" "$build/include/nlohmann"

# --- The network -----------------------------------------------------------------------------------------------------------

if [ -z "$network" ]; then
  network=$build/trained.json
  if [ ! -e "$network" ]; then
    echo "training the network of the page ..." >&2
    "$repository/examples/mnist/run.sh" --recipe page ${epochs[@]+"${epochs[@]}"} --save "$network" >&2
  fi
fi
cp "$network" "$build/network.json"
common=(-std=c++20 -DNDEBUG -I "$repository/include" -isystem "$build/include")
echo "packing the network ..." >&2
c++ "${common[@]}" -O2 "$here/pack.cpp" -pthread -o "$build/pack"
"$build/pack" "$build/network.json" "$build" >&2

# --- The module, small rather than fast: its kernels are vectors by themselves ---------------------------------------------

echo "compiling for the browser ..." >&2
if [ -d /usr/share/nodejs/acorn ]; then export NODE_PATH=/usr/share/nodejs${NODE_PATH:+:$NODE_PATH}; fi  # Debian's
em++ "${common[@]}" -Oz -msimd128 -fwasm-exceptions -fno-rtti -sMALLOC=emmalloc -DEIGEN_NO_IO "$here/module.cpp" --no-entry -o "$build/module.js" \
  -sMODULARIZE -sEXPORT_NAME=createNn -sENVIRONMENT=worker,node -sALLOW_MEMORY_GROWTH -sFILESYSTEM=0

# --- The page --------------------------------------------------------------------------------------------------------------

cat "$here/licences.txt" "$repository/LICENSE" >"$build/licences.txt"
node "$here/assemble.mjs" "$here" "$build" "$output"
if [ $opens = yes ]; then
  for opener in xdg-open open; do
    if has_command $opener && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}$([ "$(uname)" = Darwin ] && echo yes)" ]; then
      $opener "$output"
      break
    fi
  done
fi
