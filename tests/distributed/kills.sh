#!/usr/bin/env bash
# Kills a training of several processes again and again: at any time any of them. What goes on from the checkpoint, each
# time on another number of processes and threads, must end in the bits of a training that nobody killed.
# usage: kills.sh mpirun program-of-mpi.test.cpp how-many [seed]
set -euo pipefail
mpirun=$1 program=$2 kills=$3
RANDOM=${4:-1}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { printf 'kills: %s\n' "$*" >&2; exit 1; }
# shellcheck source=mpi_environment.sh
. "$(dirname "$0")/mpi_environment.sh"

started=
start() {  # start processes threads
  rm -f "$folder"/process.*
  "$mpirun" -np "$1" "$program" survive "$folder" "$2" >"$folder/output" 2>"$folder/log" &
  started=$!
}
# It must end by itself, since a process that waits for a dead one would wait for ever.
status=0
await() {
  timeout 60 tail --pid="$started" -f /dev/null || { cat "$folder/log"; fail "processes still wait after 60 s"; }
  status=0
  wait "$started" || status=$?
}
bits() { sort -u "$folder/output" | tr '\n' ' '; }

start 1 1
wait "$started"
whole=$(bits)
[[ $whole =~ ^[0-9a-f]{16}\ $ ]] || fail "nobody killed it, and it ends in '$whole'"
rm "$folder/checkpoint"

killed=0 trainings=0 slowest=0
while [ "$killed" -lt "$kills" ]; do
  processes=$((RANDOM % 4 + 1))
  start "$processes" $((RANDOM % 2 + 1))
  until [ "$(find "$folder" -name 'process.*' -size +0 | wc -l)" = "$processes" ] || ! kill -0 "$started" 2>/dev/null; do
    sleep 0.01
  done
  sleep "0.$(printf '%03d' $((RANDOM % 400)))"
  victim=$(cat "$folder/process.$((RANDOM % processes))" 2>/dev/null || true)
  if [ -n "$victim" ] && kill -KILL "$victim" 2>/dev/null; then
    before=$(date +%s%N)
    await
    after=$((($(date +%s%N) - before) / 1000000))
    slowest=$((after > slowest ? after : slowest))
    if [ "$status" != 0 ]; then
      killed=$((killed + 1))
      continue
    fi
  else
    wait "$started" || { cat "$folder/log"; fail "a training that nobody killed fails"; }
  fi
  [ "$(bits)" = "$whole" ] || fail "after $killed kills a training ends in '$(bits)' instead of '$whole'"
  trainings=$((trainings + 1))
  rm "$folder/checkpoint"
done
start 3 1
wait "$started" || fail "the last training fails"
[ "$(bits)" = "$whole" ] || fail "after $killed kills the last training ends in '$(bits)' instead of '$whole'"
printf '%s kills, %s trainings, all ended in %s; a kill ended the others within %s ms\n' "$killed" $((trainings + 1)) \
  "$whole" "$slowest"
