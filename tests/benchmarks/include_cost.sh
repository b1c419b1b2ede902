#!/usr/bin/env bash
# What including nn costs: processor time to compile one #include and an empty main at -O0, the least of interleaved runs.
#
# The goals are nn/network.hpp <= Eigen/Core + nlohmann/json.hpp + 1 s and nn/inference.hpp <= Eigen/Core + 0.5 s, on a
# machine that compiles Eigen/Core in 1.2 s. So the unit is Eigen/Core itself, measured in the same run. Their ratio differs
# from machine to machine all the same, so this is a measurement; the test `include_budget` counts lines instead.
#
# usage: include_cost.sh repetitions [compiler] [flags, such as -I...]   default: ${CXX:-g++} and the folders of pkg-config
# shellcheck source=compile_cost.sh
. "$(dirname "${BASH_SOURCE[0]}")/compile_cost.sh"
names=(Eigen/Core nlohmann/json.hpp nn/inference.hpp nn/training.hpp nn/network.hpp)
TIMEFORMAT='%U %S'
for ((round = 0; round <= repetitions; ++round)); do
  for name in "${names[@]}"; do
    file=$work/${name//\//_}
    printf '#include <%s>\nint main() {}\n' "$name" >"$file.cpp"
    seconds=$( { time "$compiler" -std=c++20 -O0 -I "$root/include" "${flags[@]}" -c "$file.cpp" -o "$file.o" >&2; } \
      3>&2 2>&1 1>&3 | tail -1) || { "$compiler" -std=c++20 -I "$root/include" "${flags[@]}" -fsyntax-only "$file.cpp"; exit 1; }
    # The first round only warms the disk cache.
    if ((round > 0)); then awk '{ print $1 + $2 }' <<<"$seconds" >>"$file.seconds"; fi
  done
done

# What else runs only ever adds to the time, so the least is the best measure.
least() { sort -n "$work/${1//\//_}.seconds" | head -1; }
eigen=$(least Eigen/Core)
json=$(least nlohmann/json.hpp)
echo "Processor time to compile one include at -O0, least of $repetitions:"
for name in "${names[@]}"; do
  case $name in
    nn/inference.hpp) goal=$(awk -v e="$eigen" 'BEGIN { printf "%.2f", 1 + 0.5 / 1.2 }') ;;
    nn/network.hpp) goal=$(awk -v e="$eigen" -v j="$json" 'BEGIN { printf "%.2f", 1 + j / e + 1 / 1.2 }') ;;
    *) goal= ;;
  esac
  awk -v name="$name" -v s="$(least "$name")" -v e="$eigen" -v goal="$goal" 'BEGIN {
    verdict = goal == "" ? "" : sprintf("  goal %.2f: %s", goal, s <= goal * e ? "holds" : "not reached")
    printf "  %-20s %6.2f s  %5.2f of Eigen/Core%s\n", name, s, s / e, verdict
  }'
done
