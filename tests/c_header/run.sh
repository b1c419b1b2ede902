#!/bin/sh
# run.sh generator folder: every layer as a C header, compiled as C99 and C++11 with warnings as errors by each compiler
# there is, run, and compared with predict; on an emulated Cortex-M4, too, where its compiler and qemu are installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
generator=$1 folder=$2
has() { command -v "$1" >/dev/null 2>&1; }

rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
"$generator" .

warnings="-Wall -Wextra -Wpedantic -Wconversion -Werror"
try() {  # try what compiler flags...
  what=$1 && shift
  for file in floats doubles networks; do
    # shellcheck disable=SC2086
    "$@" $warnings $file.c -o program
    echo "$what: $file: $(./program)" || { ./program; exit 1; }
    ./program >/dev/null
  done
}
tried=0
for compiler in gcc clang; do
  if ! has $compiler; then
    echo "left out: C headers compiled by $compiler, which is not installed"
    continue
  fi
  tried=1
  try "$compiler, C99" $compiler -std=c99 -O2
  try "$compiler, C++11" $compiler -x c++ -std=c++11 -O0
done
[ $tried = 1 ] || { echo "there is no C compiler"; exit 1; }
first=gcc && has gcc || first=clang
# shellcheck disable=SC2086
$first -std=c99 -O2 $warnings -DNN_USE_MATH_H floats.c -o program -lm && ./program

# --- Cortex-M4 -----------------------------------------------------------------------------------------------------------

if has arm-none-eabi-gcc && has qemu-system-arm && arm-none-eabi-gcc -print-file-name=rdimon.specs | grep -q /; then
  cortex="-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16"
  for file in floats doubles networks; do
    # shellcheck disable=SC2086
    arm-none-eabi-gcc -std=c99 -Os $cortex $warnings -ffunction-sections -Wl,--gc-sections --specs=rdimon.specs \
      -T "$here/cortex_m4.ld" "$here/cortex_m4.c" $file.c -o $file.elf
    qemu-system-arm -machine mps2-an386 -cpu cortex-m4 -nographic -semihosting-config enable=on,target=native \
      -kernel $file.elf </dev/null
  done
  for name in f1000:XOR f1001:tiny f1002:LeNet f1003:course; do
    printf '#include "%s.h"\nextern float x[], y[];\nvoid predict(void);\nvoid predict(void) { %s_predict(x, y); }\n' \
      "${name%:*}" "${name%:*}" >one.c
    # shellcheck disable=SC2086
    arm-none-eabi-gcc -std=c99 -Os $cortex $warnings -c one.c -o one.o
    arm-none-eabi-size one.o | awk -v name="${name#*:}" \
      'NR == 2 { print name " on a Cortex-M4 with -Os: flash " $1 + $2 " bytes with its code, RAM " $3 + $2 " bytes" }'
  done
else
  echo "left out: C headers on an emulated Cortex-M4: arm-none-eabi-gcc or qemu-system-arm is not installed; tests/run.sh --all installs them"
fi
