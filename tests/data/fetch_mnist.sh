#!/usr/bin/env bash
# Tests cmake/fetch_mnist.cmake on mirrors that are folders here: usage: fetch_mnist.sh path/to/fetch_mnist.cmake
# With NN_MNIST_DIR, the folder of the real files, also that it gets them.
set -euo pipefail

script=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset NN_OFFLINE
export XDG_CACHE_HOME="$work/a cache"
cache="$XDG_CACHE_HOME/nn/mnist"
names="t10k-labels-idx1-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte train-images-idx3-ubyte"
real=${NN_MNIST_DIR:-}

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  if [ -e "$work/output" ]; then cat "$work/output" >&2; fi
  exit 1
}

# fetch success|failure mirrors words...: each of the words must be in what it prints.
fetch() {
  local expected=$1 mirrors=$2 word result=success text
  shift 2
  cmake -D "NN_MNIST_MIRRORS=$mirrors" -P "$script" >"$work/output" 2>&1 || result=failure
  if [ $result != "$expected" ]; then fail "$result instead of $expected"; fi
  text=$(tr -s ' \n' '  ' <"$work/output")  # CMake breaks lines
  for word in "$@"; do
    case $text in *"$word"*) ;; *) fail "does not say: $word" ;; esac
  done
}
# No file of a wrong content, nothing unfinished.
cache_is_empty() { if [ -n "$(find "$cache" -type f ! -name .lock 2>/dev/null)" ]; then fail "left in the cache: $(ls -A "$cache")"; fi; }

mkdir "$work/wrong" "$work/damaged" "$work/empty"
for name in $names; do
  printf 'something else' | gzip >"$work/wrong/$name.gz"
  head -c 20 "$work/wrong/$name.gz" >"$work/damaged/$name.gz"
done
head -c 20000 /dev/zero | gzip >"$work/wrong/t10k-labels-idx1-ubyte.gz"

NN_OFFLINE=1 fetch failure "file://$work/wrong" "NN_OFFLINE=1 forbids" "set NN_MNIST_DIR"
if [ -e "$XDG_CACHE_HOME" ]; then fail "NN_OFFLINE=1 made a folder"; fi
for mirror in wrong damaged; do
  fetch failure "file://$work/$mirror" "its content is not that of MNIST" "No mirror gave t10k-labels-idx1-ubyte"
  cache_is_empty
done
fetch failure "file://$work/empty" "No mirror gave" "is there a network?"
cache_is_empty
fetch failure "file://$work/empty;file://$work/wrong/" "$work/empty/t10k" "$work/wrong/t10k" "No mirror gave"
cache_is_empty

# A network that does not answer, and a host that is not there.
fetch failure "http://127.0.0.1:9/mnist;https://no-such-host.invalid" "No mirror gave"
cache_is_empty

if [ -z "$real" ]; then
  echo "left out: getting the real files of MNIST: NN_MNIST_DIR is not set"
  exit 0
fi

mkdir "$work/right"
for name in $names; do gzip -1 <"$real/$name" >"$work/right/$name.gz"; done

# The mirror that has only half of a file is left for the next one; what is right stays.
mkdir "$work/half"
cp "$work/right/"*labels* "$work/half"
head -c 100000 "$work/right/t10k-images-idx3-ubyte.gz" >"$work/half/t10k-images-idx3-ubyte.gz"
fetch failure "file://$work/half" "t10k-labels-idx1-ubyte: SHA-256 is right" "No mirror gave t10k-images-idx3-ubyte"
if [ "$(ls "$cache")" != "$(printf 't10k-labels-idx1-ubyte\ntrain-labels-idx1-ubyte')" ]; then fail "cache: $(ls "$cache")"; fi
mkdir "$cache/.unfinished"
touch "$cache/.unfinished/train-images-idx3-ubyte"  # as a killed one leaves it
fetch success "file://$work/half;file://$work/right" "from file://$work/right" "there and right"
for name in $names; do cmp "$real/$name" "$cache/$name" || fail "$name differs"; done
if [ -e "$cache/.unfinished" ]; then fail "something unfinished is left"; fi

# What is there and right needs no network; what is not is got again.
NN_OFFLINE=1 fetch success "file://$work/empty" "MNIST is there and right: $cache"
printf x >>"$cache/train-labels-idx1-ubyte"
NN_OFFLINE=1 fetch failure "file://$work/right" "is not the file of MNIST" "NN_OFFLINE=1 forbids"
fetch success "file://$work/right" "getting it again" "there and right"
cmp "$real/train-labels-idx1-ubyte" "$cache/train-labels-idx1-ubyte" || fail "the damaged file is still there"
echo "all as it should be"
