#!/usr/bin/env bash
# What nn::compiled saves: processor time and memory to compile examples/ship_a_table.cpp at -O2, the least of interleaved
# runs: from headers alone, with nn::compiled, and with it and a precompiled header, of which the time is a line of its own.
# For comparison Eigen/Core with an empty main, as machines differ.
#
# usage: compiled_cost.sh repetitions [compiler] [flags, such as -I...]   default: ${CXX:-g++} and the folders of pkg-config
# shellcheck source=compile_cost.sh
. "$(dirname "${BASH_SOURCE[0]}")/compile_cost.sh"
flags+=(-std=c++20 -O2 -I "$root/include")
program=$root/examples/ship_a_table.cpp

printf '#include <Eigen/Core>\nint main() {}\n' >"$work/eigen.cpp"
printf '#include <nn/network.hpp>\n' >"$work/all.hpp"
if "$compiler" --version | grep -q clang; then  # as CMake's target_precompile_headers calls it
  build=(-x c++-header -Xclang -emit-pch -fpch-instantiate-templates -o "$work/all.hpp.pch" "$work/all.hpp")
  use=(-Xclang -include-pch -Xclang "$work/all.hpp.pch")
else
  build=(-x c++-header -o "$work/all.hpp.gch" "$work/all.hpp")
  use=(-Winvalid-pch -include "$work/all.hpp")
fi

measure() {  # measure name arguments...: appends the seconds and megabytes of a run
  /usr/bin/time -a -o "$work/${1//\//_}" -f "%U %S %M" "$compiler" "${flags[@]}" "${@:2}"
}
for ((round = 0; round < repetitions; ++round)); do
  measure Eigen/Core -c "$work/eigen.cpp" -o "$work/eigen.o"
  measure headers -c "$program" -o "$work/program.o"
  measure compiled -D NN_COMPILED -c "$program" -o "$work/program.o"
  measure precompiling -D NN_COMPILED "${build[@]}"
  measure precompiled -D NN_COMPILED "${use[@]}" -c "$program" -o "$work/program.o"
done

echo "Processor time to compile at -O2, least of $repetitions, and the compiler's memory:"
for name in Eigen/Core headers compiled precompiling precompiled; do
  sort -n "$work/${name//\//_}" | awk -v name="$name" '{ s = $1 + $2; if (NR == 1 || s < least) { least = s; memory = $3 } }
    END { printf "  %-14s %6.2f s %6d MB\n", name, least, memory / 1024 }'
done
