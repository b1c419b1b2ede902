#!/usr/bin/env bash
# Runs a program that was made of mpi.test.cpp on several processes, and compares what they end in.
# usage: mpi_test.sh mpirun program
set -euo pipefail
mpirun=$1 program=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { printf 'mpi_test: %s\n' "$*" >&2; exit 1; }

# shellcheck source=mpi_environment.sh
. "$(dirname "$0")/mpi_environment.sh"

run() {  # run processes what threads last-update: what the processes write, without repetition
  timeout 300 "$mpirun" -np "$1" "$program" "$2" "$folder" "${3:-1}" "${4:--1}" 2>"$folder/log" | sort | uniq -c | awk '{ $1 = $1; print }' ||
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
[[ $(run 3 "full disk") =~ ^3\ .*checkpoint ]] || fail "a full disk is not heard of by all: $(run 3 "full disk")"
[[ $(run 2 "other batches") =~ ^2\ .*"batch size (10 on process 0, 5 on process 1)" ]] ||
  fail "batches of other sizes are not refused by all: $(run 2 "other batches")"

# A process is killed, which ends the others; what goes on from the checkpoint, on other numbers of processes, ends in the
# bits of a training that nobody killed. kills.sh does that many times, at random.
whole=$(run 2 survive | cut -d ' ' -f 2)
rm "$folder/checkpoint"
for layout in "3 17" "2 50"; do
  read -r processes update <<<"$layout"
  got=$(run "$processes" survive 1 "$update")
  [[ ! $got =~ [0-9a-f]{16} ]] || fail "killed after update $update, processes end with '$got'"
done
expect "killed twice, then with 4 processes" "4 $whole" "$(run 4 survive)"
