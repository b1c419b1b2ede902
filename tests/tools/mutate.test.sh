#!/usr/bin/env bash
# Tests tests/tools/mutate.py on a tree of one header and one test that notices some of its changes.
# usage: mutate.test.sh [compiler]
set -euo pipefail
tool=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/mutate.py
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree="$work/a tree"
mkdir -p "$tree/include/nn/core" "$tree/tests/core" "$tree/tests/tools"
cat >"$tree/include/nn/core/limits.hpp" <<'HEADER'
#pragma once
#define UNTOUCHED 1 + 1
static_assert(1 + 1 == 2, "nor is this 1 + 1");  // and not 2 < 3 in a comment

struct Limits {
  int most = 3;
  bool is_strict = true;
};

template <int size = 4>
inline int limited(int value, Limits limits = {}) {
  if (value < 0) throw "a negative value: 1 + 1";
  return value < limits.most ? value : limits.most;
}
HEADER
cat >"$tree/tests/core/limits.test.cpp" <<'TEST'
#include <nn/core/limits.hpp>

int main() {
  bool is_refused = false;
  try {
    limited(-1);
  } catch (const char*) {
    is_refused = true;
  }
  return is_refused && limited(2) == 2 && limited(9) == 3 ? 0 : 1;
}
TEST
cat >"$tree/tests/tools/mutate_equivalent.txt" <<'LIST'
# A comment.
include/nn/core/limits.hpp ::: return value < limits.most ? value : limits.most; ::: return value <= limits.most ? value : limits.most; ::: both sides are the same where they are equal
LIST

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  cat "$work/output" >&2
  exit 1
}
says() { grep -qF -- "$1" "$work/output" || fail "does not say: $1"; }

status=0
"$tool" --root "$tree" --compiler "${1:-g++}" --jobs 2 >"$work/output" 2>&1 || status=$?
if [ $status != 1 ]; then fail "status $status instead of 1"; fi
says 'killed           include/nn/core/limits.hpp:6  int most = 3;  ->  int most = 4;'
says 'survived         include/nn/core/limits.hpp:7  bool is_strict = true;  ->  bool is_strict = false;'
says 'killed           include/nn/core/limits.hpp:12  if (value < 0) throw "a negative value: 1 + 1";  ->  ;'
says 'survived         include/nn/core/limits.hpp:12  if (value < 0) throw "a negative value: 1 + 1";  ->  if (value <= 0) throw'
says 'include/nn/core/limits.hpp ::: bool is_strict = true; ::: bool is_strict = false; ::: '
says '2 killed, 3 survived, 0 do not compile, 1 equivalent, 40.0 % noticed'

# A header that includes it has a test that notices more.
mkdir -p "$tree/include/nn/data" "$tree/tests/data"
printf '#pragma once\n#include <nn/core/limits.hpp>\n' >"$tree/include/nn/data/range.hpp"
printf '#include <nn/data/range.hpp>\nint main() { return Limits{}.is_strict ? 0 : 1; }\n' >"$tree/tests/data/range.test.cpp"
cp "$work/output" "$work/first run"
if "$tool" --root "$tree" --compiler "${1:-g++}" --survivors-of "$work/first run" --includers 1 --unchecked >"$work/output" 2>&1; then
  fail "all are noticed"
fi
says 'killed           include/nn/core/limits.hpp:7  bool is_strict = true;  ->  bool is_strict = false;'
says '1 killed, 2 survived, 0 do not compile'

"$tool" --root "$tree" --list --header include/nn/core/limits.hpp:6-7 >"$work/output" 2>&1 || fail "does not list"
says '2 places'
"$tool" --root "$tree" --list --count 1 --seed 5 >"$work/output" 2>&1 || fail "does not choose"
says '1 places'

# A test that fails by itself would notice everything.
sed -i.before 's/== 3/== 4/' "$tree/tests/core/limits.test.cpp"
if "$tool" --root "$tree" --compiler "${1:-g++}" >"$work/output" 2>&1; then fail "takes a test that fails"; fi
says 'tests/core/limits.test.cpp does not pass with nothing changed'
echo "all as it should be"
