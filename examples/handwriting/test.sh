#!/usr/bin/env bash
# Tests the page: its module gives the numbers that nn gives natively, and in a real Chromium it reads, learns, keeps and
# forgets, in both languages, on a small screen, without asking any network.
#
# usage: test.sh [folder]      builds there, build/handwriting-test by default; screenshots are left in it
# NN_NODE_MODULES names the folder that has playwright-core and axe-core (npm).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
build=${1:-$repository/build/handwriting-test}
mkdir -p "$build"
build=$(cd "$build" && pwd)
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

"$here/run.sh" --epochs 2 --build "$build" --output "$build/handwriting.html" --no-open

bytes=$(gzip -9c "$build/handwriting.html" | wc -c)
[ "$bytes" -le 256000 ] || fail "the page has $bytes bytes gzipped, more than 250 KB"

# Both round each sum in an order of their own: the widths of vectors differ, and only one fuses multiply and add.
c++ -std=c++20 -O2 -I "$repository/include" -isystem "$build/include" "$here/native.cpp" -pthread -o "$build/native"
"$build/native" "$build" "$build/all_test.bin" >"$build/native.txt"
node --no-experimental-fetch "$here/module_numbers.mjs" "$build" "$build/all_test.bin" >"$build/module.txt"
paste "$build/native.txt" "$build/module.txt" | awk '
  BEGIN { largest = 0 }
  { difference = $1 - $2; if (difference < 0) difference = -difference; if (difference > largest) largest = difference; ++count }
  END { printf "%d numbers of the module and of the native program differ by at most %g\n", count, largest; exit !(count > 10000 && largest < 1e-3) }' ||
  fail "the module computes other numbers than the native program"

node "$here/browser_test.mjs" "$build"

# What the page saved of its own network and of one that it trained: the three files of each compute alike.
for name in params course; do
  printf '#include "%s.h"\nvoid %s_in_c(const float *x, float *y);\nvoid %s_in_c(const float *x, float *y) { digits_predict(x, y); }\n' \
    $name $name $name >"$build/$name.c"
  cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -O1 -c "$build/$name.c" -o "$build/$name.o" ||
    fail "the C header of $name does not compile"
done
c++ -std=c++20 -O1 -I "$repository/include" -isystem "$build/include" "$here/saved_files.cpp" "$build/params.o" "$build/course.o" \
  -pthread -o "$build/saved_files"
"$build/saved_files" "$build" "$build/test.bin" || fail "the files that the page saved differ"
