#!/usr/bin/env bash
# The course's settings on MNIST with five seeds, and the mean test accuracy: examples/mnist/seeds.sh [flags of the example]
# Fewer seeds: NN_SEEDS="1 2 3" examples/mnist/seeds.sh --recipe mlp
# Builds first, as run.sh does; MNIST must be in the cache folder or in $NN_MNIST_DIR.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

for seed in ${NN_SEEDS:-1 2 3 4 5}; do
  "$here/run.sh" --quiet --save "$results/params.json" "$@" --seed $seed >"$results/output" || { cat "$results/output"; exit 1; }
  printf 'seed %s: %s\n' $seed "$(tail -1 "$results/output")"
done | tee "$results/all"
awk '{ sum += $7; count += 1 } END { printf "mean accuracy %.3f %%\n", sum / count }' "$results/all"
