#!/usr/bin/env bash
# Runs a program that was made of mpi.test.cpp on several processes, and compares what they end in.
# usage: mpi_test.sh mpirun program
set -euo pipefail
mpirun=$1 program=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { printf 'mpi_test: %s\n' "$*" >&2; exit 1; }

# Open MPI refuses more processes than cores, and root, unless it is told; MPICH knows neither variable.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_btl=self,vader OMPI_MCA_mpi_yield_when_idle=1

run() {  # run processes what threads: what the processes write, without repetition
  timeout 300 "$mpirun" -np "$1" "$program" "$2" "$folder" "${3:-1}" 2>"$folder/log" | sort | uniq -c | awk '{ $1 = $1; print }' ||
    true
}
expect() {  # expect what-it-is expected got
  printf '%s: %s\n' "$1" "$3"
  [ "$2" = "$3" ] || { cat "$folder/log"; fail "$1: expected '$2', got '$3'"; }
}

one=$(run 1 fit | cut -d ' ' -f 2)
[[ $one =~ ^[0-9a-f]{16}$ ]] || { cat "$folder/log"; fail "one process ends in '$one'"; }
for layout in "1 4" "2 1" "2 2" "3 1" "4 1" "5 1"; do
  read -r processes threads <<<"$layout"
  expect "$processes processes with $threads threads" "$processes $one" "$(run "$processes" fit "$threads")"
done
expect "two groups at once, of 2 and of 1" "3 $one" "$(run 3 halves)"
run 3 checkpoint >/dev/null
expect "stopped with 3 processes, resumed with 2" "2 $one" "$(run 2 resume)"
expect "an exception on one process" "3 the last process has had enough" "$(run 3 throw)"
[[ $(run 2 disk) =~ ^2\ .*no\ such\ folder ]] || fail "the disk of one process is not heard of by all: $(run 2 disk)"
