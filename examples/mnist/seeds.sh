#!/usr/bin/env bash
# The mean test accuracy on MNIST: of the course's settings with seeds 1 to 5, of a recipe with seeds 1 to 3:
#
#   examples/mnist/seeds.sh
#   examples/mnist/seeds.sh --recipe cnn [other flags of the example]
#
# Other seeds: NN_SEEDS="1 2" examples/mnist/seeds.sh. The networks are kept where NN_SAVE says: NN_SAVE=DIR gives
# DIR/1.json and so on. Builds first, as run.sh does; MNIST must be in the cache folder or in $NN_MNIST_DIR.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
networks=${NN_SAVE:-$results}
mkdir -p "$networks"

seeds="1 2 3 4 5"
for argument in "$@"; do
  case $argument in --recipe | --recipe=*) seeds="1 2 3" ;; esac
done
for seed in ${NN_SEEDS:-$seeds}; do
  start=$SECONDS
  "$here/run.sh" --quiet "$@" --seed "$seed" --save "$networks/$seed.json" >"$results/output" ||
    { cat "$results/output"; exit 1; }
  printf 'seed %s: %s, %s s\n' "$seed" "$(tail -1 "$results/output")" $((SECONDS - start))
done | tee "$results/all"
awk '{ sum += $7; count += 1 } END { printf "mean accuracy %.3f %%\n", sum / count }' "$results/all"
