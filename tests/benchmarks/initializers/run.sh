#!/usr/bin/env bash
# Learns 26 tasks from the first weights of each of nine rules, and writes what came of it to RESULTS.md.
#
# usage: tests/benchmarks/initializers/run.sh [--seeds 8]      takes some minutes
#   NN_MNIST_DIR=folder  the four MNIST files; MNIST is left out without
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=python3
if ! python3 -c 'import sklearn' 2>/dev/null && [ -x /usr/bin/python3 ]; then python=/usr/bin/python3; fi
if ! "$python" -c 'import sklearn' 2>/dev/null; then
  echo "scikit-learn is not installed; on Debian: apt-get install python3-sklearn" >&2
  exit 1
fi
includes=$(pkg-config --cflags eigen3 2>/dev/null || echo -I/usr/include/eigen3)
# shellcheck disable=SC2086
"${CXX:-c++}" -std=c++20 -O3 -march=native -DNDEBUG -I "$here/../../../include" ${includes//-I/-isystem } \
  "$here/study.cpp" -pthread -o "$work/study"
"$python" "$here/study.py" "$work/study" --write "$here/RESULTS.md" "$@"
