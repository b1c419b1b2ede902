#!/usr/bin/env bash
# Runs the example as a user would, right and wrong: test.sh path/to/mnist
set -euo pipefail
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset NN_MNIST_DIR XDG_CACHE_HOME NO_COLOR
export HOME=$work/home LC_ALL=C
output=$work/output errors=$work/errors

fail() {
  printf 'FAILED: %s\n--- output\n' "$*" >&2
  head -c 4000 "$output" >&2
  printf -- '--- errors\n' >&2
  head -c 4000 "$errors" >&2
  exit 1
}
# run status flags...
run() {
  local expected=$1 status=0
  shift
  "$program" "$@" >"$output" 2>"$errors" || status=$?
  if [ $status != "$expected" ]; then fail "status $status instead of $expected: $*"; fi
}
prints() { grep -qE -- "$1" "$output" || fail "does not print: $1"; }
does_not_print() { if grep -qE -- "$1" "$output"; then fail "prints: $1"; fi; }
# refuses status flags... -- sentence: that one sentence on the standard error, and nothing printed.
refuses() {
  local flags=()
  local expected=$1
  shift
  while [ "$1" != -- ]; do
    flags+=("$1")
    shift
  done
  run "$expected" "${flags[@]}"
  grep -qE -- "$2" "$errors" || fail "does not say: $2"
  if [ "$(wc -l <"$errors")" != 1 ]; then fail "more than one line: ${flags[*]}"; fi
  if [ -s "$output" ]; then fail "prints something: ${flags[*]}"; fi
}

# The plan, a line per epoch, the test, the confusion matrix, the mistakes, the files.
small=(--epochs 2 --samples 500 --hidden 32)
run 0 "${small[@]}" --seed 3
prints '^network   784-32-10, relu, softmax: 25,450 parameters$'
prints '^data      generated digits: 10,000 samples for training, 2,000 for testing$'
prints '^training  cross entropy, SGD, learning rate 0.001, one update per sample, 2 epochs of 500 samples, seed 3$'
prints 'These are generated digits, not MNIST'
prints 'cmake -P cmake/fetch_mnist.cmake'
prints '^epoch 2/2: loss [0-9.]+, 500 samples in [0-9.]+ s, [0-9,]+ samples/s$'
prints '^test loss [0-9.]+, accuracy [0-9.]+ % of 2,000 generated digits$'
prints '^ +0 +1 +2 +3 +4 +5 +6 +7 +8 +9 +right$'
prints 'The worst mistakes:'
prints 'a [0-9], taken for a [0-9] \([0-9]+ %\)'
does_not_print $'\r|\x1b'
for file in params.json history.csv; do
  if [ ! -s $file ]; then fail "$file is not written"; fi
done
if [ "$(head -1 history.csv)" != epoch,samples,loss,epoch_loss,epoch_seconds ] || [ "$(wc -l <history.csv)" != 101 ]; then
  fail "history.csv is another table"
fi
if command -v gnuplot >/dev/null && [ ! -s loss.png ]; then fail "loss.png is not drawn"; fi

# The page has the curves, the matrix, images of the worst mistakes and the layers; of a loaded network all but the curves.
run 0 "${small[@]}" --seed 3 --report report.html
prints '^saved report.html$'
for part in 'Handwritten digits: generated digits' '<h2[^>]*>Training' 'data:image/png;base64,' 'Softmax'; do
  grep -q -- "$part" report.html || fail "the page has no $part"
done
run 0 --hidden 32 --no-train --load params.json --quiet --report loaded.html
if grep -q '<h2[^>]*>Training' loaded.html; then fail "a network that was not trained has curves"; fi
grep -q 'data:image/png;base64,' loaded.html || fail "the page of a loaded network shows no mistakes"
refuses 1 --report no/such/folder/report.html -- 'no/such/folder/report.html'

# The same seed gives the same network, another seed another; what is saved is what is loaded.
"$program" "${small[@]}" --seed 3 --quiet --save again.json >"$output"
if [ "$(wc -l <"$output")" != 1 ]; then fail "--quiet prints more than a line"; fi
cmp -s params.json again.json || fail "the same seed gave another network"
"$program" "${small[@]}" --seed 4 --quiet --save other.json >"$output"
if cmp -s params.json other.json; then fail "another seed gave the same network"; fi
trained=$("$program" --epochs 3 --samples 3000 --hidden 64,32 --activation tanh --learning-rate 0.02 --batch-size 4 --quiet --save good.json)
run 0 --hidden 64,32 --activation tanh --no-train --load good.json --quiet
if [ "$(cat "$output")" != "$trained" ]; then fail "loaded, it tests as another than '$trained'"; fi
accuracy=$(sed -E 's/.*accuracy ([0-9]+).*/\1/' "$output")
if [ "$accuracy" -lt 85 ]; then fail "accuracy $accuracy %"; fi
run 0 --hidden 64,32 --activation tanh --no-progress --load good.json --epochs 1 --samples 100 --save more.json
does_not_print $'\r|\x1b'

# Pictures: a one, in words and in bytes, bright on dark and dark on bright, small and large, one line for each.
one() { # ink paper factor
  local row column
  for ((row = 0; row < 28 * $3; ++row)); do
    for ((column = 0; column < 28 * $3; ++column)); do
      if ((row >= 4 * $3 && row < 24 * $3 && column >= 15 * $3 && column < 18 * $3)); then echo "$1"; else echo "$2"; fi
    done
  done
}
picture() { # ink paper factor: P2
  printf 'P2\n# a one\n%d %d\n255\n' $((28 * $3)) $((28 * $3))
  one "$1" "$2" "$3"
}
network=(--hidden '64,32' --activation tanh --load good.json)
picture 255 0 1 >one.pgm
picture 20 200 2 >dark.pgm
printf 'P5 28 28 255\n%b' "$(one '\0377' '\0000' 1 | tr -d '\n')" >bytes.pgm
run 0 "${network[@]}" --predict one.pgm dark.pgm bytes.pgm
if [ "$(sed -E 's/[0-9.]+ %$/P %/' "$output")" != "one.pgm: 1, P %
dark.pgm: 1, P %
bytes.pgm: 1, P %" ]; then fail "not three ones"; fi
run 0 --quiet --predict dark.pgm "${network[@]}"
if [ "$(cat "$output")" != 1 ]; then fail "a dark one is not read as 1"; fi
run 1 "${network[@]}" --predict no-such.pgm one.pgm good.json
prints '^one\.pgm: 1, '
if [ "$(wc -l <"$output") $(wc -l <"$errors")" != '1 2' ]; then fail "not one answer and two errors"; fi

# On a terminal, what the network sees and ten bars; half blocks where the letters are UTF-8.
if script --version 2>/dev/null | grep -q util-linux && script -qefc true /dev/null >/dev/null 2>&1 </dev/null; then
  NO_COLOR=1 TERM=vt100 script -qefc "'$program' ${network[*]} --predict dark.pgm" /dev/null >"$output" </dev/null
  prints '@@@'
  prints '^  1 +[0-9.]+ %  #+'
  if locale -a 2>/dev/null | grep -qix 'c.utf-\?8'; then
    NO_COLOR=1 TERM=vt100 LC_ALL=C.UTF-8 \
      script -qefc "'$program' ${network[*]} --predict dark.pgm" /dev/null >"$output" </dev/null
    prints '███|▄▄▄|▀▀▀'
  fi
fi

# A network that knows nothing is not sure.
run 0 --hidden 64,32 --samples 1 --epochs 1 --learning-rate 1e-9 --quiet --save knows-nothing.json
run 0 --hidden 64,32 --load knows-nothing.json --predict one.pgm
prints '^one\.pgm: not sure, [0-9.]+ %$'

# PNG, also transparent, and JPEG.
png=iVBORw0KGgoAAAANSUhEUgAAAB4AAAAoCAAAAADMeBXOAAAALElEQVR4XmN8xoAPMDEMWmkWDJc5AUX2wUQHsctHnYY1UY0Gy6ALlqFbOgAA1wkDHc/YbBUAAAAASUVORK5CYII=
clear=iVBORw0KGgoAAAANSUhEUgAAAB4AAAAoCAQAAABDGoKZAAAANElEQVR4XmMYBXQMAUYi7PoPVYOhlokSh45qJjH0RgNsNMAIhsBoIhlNJMM1kYw2DOgZAgAJeQE4MZs2WwAAAABJRU5ErkJggg==
jpg='/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk
8BDg4OExETJhUVJk81LTVPT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT//AABEIACgAHgMBIgACEQEDEQH/xAGi
AAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGB
kaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfI
ycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoLEQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEk
FRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqS
k5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/AO/ooooAoWusafeahN
Y21xvuYN3mJsYbcHB5Ix1NX64Twt/yP2sf9t//AEatd3QAUUUUAcJ4W/5H7WP+2/8A6NWu7rhPC3/I/ax/23/9GrXd0AFFFFAFC10fT7PUJr62t9lzPu8x
97Hdk5PBOOoq/RRQB//Z'
decoded() { tr -d '\n' <<<"$1" | base64 -d; }
decoded "$png" >one.png
decoded "$clear" >clear.png
decoded "$jpg" >one.jpg
if "$program" --show-augmentation augmentation.png >"$output" 2>"$errors"; then
  has_stb=yes
  run 0 --quiet "${network[@]}" --predict one.png clear.png one.jpg
  if [ "$(tr '\n' ' ' <"$output")" != '1 1 1 ' ]; then fail "ones in PNG and JPEG are not read as 1"; fi
  run 0 --show-handwriting handwriting.png
  run 0 "${network[@]}" --predict augmentation.png --quiet
  for file in augmentation.png handwriting.png; do
    if [ "$(head -c 4 $file | tail -c 3)" != PNG ]; then fail "$file is no PNG"; fi
  done
  refuses 1 --show-handwriting no/such/folder/x.png -- 'no/such/folder/x.png'
else
  has_stb=no
  grep -qE '^mnist: .* built without stb; install it \(libstb-dev' "$errors" || fail "does not say what to install"
  refuses 1 "${network[@]}" --predict one.png -- 'is no PGM picture.* built without stb; install it'
fi

# Digits that are not from the data set: center_digit is what makes them readable.
run 0 --handwriting --quiet "${network[@]}"
cat "$output"
percent() { sed -nE "s/^$1.*$2 ([0-9]+)\.[0-9]+ %.*/\1/p" "$output"; }
resized=$(percent 'moved generated digits' 'merely resized') through=$(percent 'moved generated digits' 'through center_digit')
if [ "$resized" -gt 40 ] || [ "$through" -lt 60 ]; then fail "of moved digits $resized %, centred $through %"; fi
if [ "$(percent 'stroke digits' 'through center_digit')" -lt 80 ]; then fail "stroke digits are not read"; fi

run 0 --help
prints '--batch-size'
run 0 --version
prints '^mnist \(nn [0-9]+\.[0-9]+\.[0-9]+\)$'

# Bad flags: status 2, and the nearest name.
refuses 2 --epoch 3 -- '^mnist: there is no flag --epoch; did you mean --epochs\?$'
refuses 2 --learningrate=1 -- 'did you mean --learning-rate\?$'
refuses 2 digits -- "there is no use for 'digits'"
refuses 2 --epochs -- '--epochs'
refuses 2 --epochs many -- "^mnist: --epochs takes a whole number from 1 to 1000000000, got 'many'$"
refuses 2 --epochs -1 -- "got '-1'"
refuses 2 --batch-size 0 -- '--batch-size takes a whole number from 1'
refuses 2 --samples 99999999999999999999 -- '--samples takes'
refuses 2 --learning-rate 0 -- "--learning-rate takes a positive number, got '0'"
refuses 2 --learning-rate nan -- "got 'nan'"
refuses 2 --hidden 256,0 -- "--hidden takes a whole number from 1 to 1000000, got '0'"
refuses 2 --activation rleu -- 'did you mean relu\?$'
refuses 2 --no-train -- '--load'

refuses 2 --optimizer adma -- 'did you mean adam\?$'
refuses 2 --schedule cosinus -- 'did you mean cosine\?$'
refuses 2 --recipe rnn -- '--recipe takes one of mlp, cnn, page'
refuses 2 --dropout 1 -- '--dropout takes a number of at least 0 and below 1'
refuses 2 --validation 2 -- '--validation takes'
refuses 2 --threads 0 -- '--threads takes'
for time in 5x m '' 1e400; do refuses 2 --budget "$time" -- "^mnist: --budget takes a time like 60s or 2m, got '$time'$"; done
refuses 2 --handwriting -- '--handwriting tests a network that is there; give its file with --load'
# Two results in one file, however it is spelt; nothing is written then.
mkdir outputs
cd outputs
mkdir folder
ln -s history.csv link.json
ln -s folder/../loss.png dangling.json
one_file() { # what and what else, flags...
  local what=$1
  shift
  refuses 2 --epochs 1 --samples 10 --quiet "$@" -- "^mnist: $what would both be written to .*; give each a file of its own$"
}
one_file '--save and the loss table beside --save' --save history.csv
one_file '--save and the chart beside --save' --save ./loss.png
one_file '--save and the loss table beside --save' --save folder/history.csv
one_file '--save and the loss table beside --save' --save link.json
one_file '--save and the chart beside --save' --save dangling.json
one_file '--log and the loss table beside --save' --log history.csv
one_file '--log and the loss table beside --save' --log folder/.././history.csv
one_file '--log and the loss table beside --save' --log "$PWD/folder/history.csv" --save folder/params.json
one_file '--save and --log' --log params.json
one_file '--save and --report' --report params.json
one_file '--log and the checkpoint beside --save' --log params.json.checkpoint --checkpoint-every 5
one_file '--show-handwriting and --show-augmentation' --show-handwriting a.png --show-augmentation ./a.png
if [ -e history.csv ] || [ -e params.json ] || [ -e folder/history.csv ]; then fail "a refused command wrote a file"; fi
run 0 --epochs 1 --samples 10 --quiet --log folder/history.csv
ln history.csv hard.csv
one_file '--log and the loss table beside --save' --log hard.csv
cd ..

refuses 2 --search 0 -- '--search takes a positive number'
run 1 --resume --save never.json --quiet
grep -q '^mnist: .*never.json.checkpoint' "$errors" || fail "does not name the checkpoint that is missing"

# Every optimizer and every schedule trains, and what the validation part says is told.
quick=(--hidden 16 --samples 300 --batch-size 20 --epochs 2 --no-progress)
for optimizer in sgd momentum nesterov rmsprop adagrad adam adamw adamax nadam lion; do
  run 0 "${quick[@]}" --optimizer $optimizer --weight-decay 0.001 --quiet
done
for schedule in constant step exponential polynomial cosine one-cycle; do
  run 0 "${quick[@]}" --optimizer adam --schedule $schedule --log log.jsonl
  prints '^epoch 2/2: loss [0-9.]+, 300 samples'
done
for looks_at_validation in "--schedule on-plateau" "--patience 5 --validation 0.02"; do
  # shellcheck disable=SC2086
  run 0 "${quick[@]}" --optimizer adam $looks_at_validation --log log.jsonl
  prints '^epoch 2/2: loss [0-9.]+, validation loss [0-9.]+, accuracy [0-9.]+ %'
done
if [ "$(wc -l <log.jsonl)" != 16 ]; then fail "the log has not a line for every epoch"; fi

# A training that is killed and resumed ends in the same file as one left alone, with another number of threads, too.
long=(--hidden 32 --batch-size 10 --samples 2000 --epochs 3 --optimizer adam --dropout 0.2 --augment --quiet)
run 0 "${long[@]}" --save whole.json
"$program" "${long[@]}" --save killed.json --checkpoint-every 20 >"$output" 2>"$errors" &
child=$!
until [ -s killed.json.checkpoint ]; do sleep 0.01; done
kill -KILL $child 2>/dev/null || true
wait $child 2>/dev/null || true
run 0 "${long[@]}" --save killed.json --resume --threads 2
cmp -s whole.json killed.json || fail "resumed after a kill, it ended in another network"

# What is wrong with a training is said; rates and settings are found.
run 0 "${quick[@]}" --hidden 16,16,16,16,16,16,16,16 --activation sigmoid --diagnose
prints '^doctor: |^The gradient at layer'
run 0 --find-learning-rate --hidden 32
prints '^suggested: --learning-rate [0-9.e-]+$'
run 0 --search 0.02 --hidden 32
prints '^best: --optimizer adamw --learning-rate'
run 0 --recipe mlp --epochs 1 --save mlp.json
prints '^calibrated on 1,000 moved digits of the validation part: temperature [0-9.]+;'
prints '^test loss'
for time in 1 1s 0.02m; do
  run 0 "${quick[@]:0:6}" --budget $time
  prints '^training .*, 1 s, epochs of 300 samples, seed 0$'
  prints '^epoch 2: '
done
run 0 --recipe cnn --budget 1s --quiet --save cnn.json
run 0 --recipe cnn --no-train --load cnn.json --quiet
prints '^test loss'

# Missing and damaged files: status 1, and the file.
refuses 1 --data no/such/folder -- 'no/such/folder.*fetch_mnist'
NN_MNIST_DIR=no/such/folder refuses 1 --quiet -- 'no/such/folder'
mkdir cut
printf '\0\0\10\3\0\0' >cut/train-images-idx3-ubyte
printf '\0\0\10\1\0\0\0\1\5' >cut/train-labels-idx1-ubyte
refuses 1 --data cut -- 'cut/train-images-idx3-ubyte" ends at byte 6'
refuses 1 --no-train --load no-such.json -- 'no-such.json'
head -c 1000 good.json >half.json
refuses 1 --no-train --load half.json "${network[@]:0:4}" -- 'half.json'
refuses 1 --no-train --load good.json -- '--hidden'
refuses 1 --save no/such/folder/params.json -- 'no/such/folder/params.json'
refuses 1 "${network[@]}" --predict no-such.pgm -- '^mnist: "no-such.pgm" cannot be opened'
refuses 1 "${network[@]}" --predict cut -- '^mnist: "cut" cannot be read'
refuses 1 "${network[@]}" --predict /dev/zero -- '^mnist: "/dev/zero" is larger than'
refuses 1 --predict one.pgm --load no-such.json -- 'no-such.json'
refuse_picture() { # content sentence
  printf '%b' "$1" >bad.pgm
  refuses 1 "${network[@]}" --predict bad.pgm -- "$2"
}
refuse_picture '' 'ends too early'
refuse_picture 'P5' 'ends too early'
refuse_picture 'P5 0 28 255 ' 'is a picture of 0x28, which holds nothing'
refuse_picture 'P5 100000 100000 255 ' 'is a picture of 100000x100000, larger than 67108864 pixels'
refuse_picture 'P5 99999999999999999999 28 255 ' 'has a number too large for its width'
refuse_picture 'P5 -28 28 255 ' 'has something else where its width should be'
refuse_picture 'P5 28 28 0 ' 'has a brightest value of 0'
refuse_picture 'P5 28 28 255 abc' 'ends too early'
refuse_picture 'P2 28 28 7 8' 'has a pixel of 8, brighter than its brightest value 7'
refuse_picture 'P2 28 28 255 # no end' 'ends too early'
refuse_picture 'P5 2 2 255 aaaa' '^mnist: "bad.pgm": center_digit: all 4 pixels are 97; give a picture with a digit'
if [ $has_stb = yes ]; then
  refuses 1 "${network[@]}" --predict good.json -- '"good.json" is no picture that can be read .*; give PGM, PNG or JPEG'
  for file in one.png one.jpg; do
    for ((size = 2; size < $(wc -c <$file); size += size < 30 ? 1 : 25)); do
      head -c $size $file >cut.picture
      refuses 1 "${network[@]}" --predict cut.picture -- '"cut.picture" (ends too early|is damaged|is no picture)'
    done
  done
  # Where a Huffman table says that it has 300 codes, older versions of stb write beyond theirs.
  printf -v table '\\0%03o' 0377 0330 0377 0304 1 0100 0 0377 055 0 0 0 0 0 0 0 0 0 0 0 0 0 0
  refuse_picture "$table" 'is damaged \(it has a Huffman table of more than 256 codes\)'
  for file in one.png one.jpg; do  # what looks so after the picture's end, or in another kind of picture, is none
    { cat $file && printf '%b' "$table"; } >longer.picture
    run 0 --quiet "${network[@]}" --predict longer.picture
    if [ "$(cat "$output")" != 1 ]; then fail "a longer $file is not read as 1"; fi
  done
  decoded iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAAAAACMmsGiAAAAEElEQVR4XmPkZGBgYGJAIQABDwARblOFQwAAAABJRU5ErkJggg== >plain.png
  refuses 1 "${network[@]}" --predict plain.png -- 'all 16 pixels are 9; give a picture with a digit in it'
  decoded iVBORw0KGgoAAAANSUhEUgAATiAAAE4gCAAAAADGGxnlAAAACElEQVR4nAMAAAAAAUgGidIAAAAASUVORK5CYII= >huge.png
  refuses 1 "${network[@]}" --predict huge.png -- 'is a picture of 20000x20000, larger than 67108864 pixels'
  decoded iVBORw0KGgoAAAANSUhEUgAAAAAAAAAFCAAAAABOLbJ9AAAACElEQVR4nAMAAAAAAUgGidIAAAAASUVORK5CYII= >empty.png
  refuses 1 "${network[@]}" --predict empty.png -- '"empty.png" is no picture'
else
  refuses 1 "${network[@]}" --predict good.json -- 'is no PGM picture'
fi

# A rate too large is said, and the file of before stays.
cp good.json before.json
run 1 --hidden '64,32' --learning-rate 1e20 --epochs 1 --samples 100 --save before.json
grep -q '^mnist: .*learning rate' "$errors" || fail "does not say that the learning rate is too large"
cmp -s good.json before.json || fail "what could not be trained was saved"

# Ctrl-C: the update is finished, the network saved, and it is said.
"$program" --epochs 100000 --save stopped.json >"$output" 2>"$errors" &
child=$!
until grep -q 'epoch 1/' "$output"; do sleep 0.1; done
kill -INT $child
status=0
wait $child || status=$?
if [ $status != 130 ]; then fail "status $status instead of 130 after Ctrl-C"; fi
prints '^Stopped by Ctrl-C after a whole update; the network is saved in stopped.json\.$'
run 0 --no-train --load stopped.json --quiet
prints '^test loss'
echo "all as it should be"
