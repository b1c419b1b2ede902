#!/bin/sh
# run.sh program folder: PyTorch trains, the program goes on, PyTorch looks at what comes back.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$1 folder=$2
for python in /usr/bin/python3 python3; do
  $python -c "import torch" 2>/dev/null || continue
  rm -rf "$folder" && mkdir -p "$folder"
  $python "$here/train.py" "$folder"
  "$program" "$folder"
  $python "$here/train.py" "$folder" back
  exit 0
done
echo "left out: a network from PyTorch and back: python3 has no torch (package python3-torch)"
