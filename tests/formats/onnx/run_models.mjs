// Runs each model of a folder by ONNX Runtime: NAME.onnx with the numbers of NAME.in, whose first line is the input's
// sizes, and writes what comes out to NAME.out; with --time the microseconds of one run, the least of 200, to NAME.time.
// usage: node run_models.mjs FOLDER [--time]
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
const require = createRequire(process.env.NN_NODE_MODULES ? process.env.NN_NODE_MODULES + "/" : import.meta.url);
let runtime;
for (const name of ["onnxruntime-node", "onnxruntime-web"])
  try { runtime = require(name); break; } catch { /* the next one */ }
if (!runtime) process.exit(77);
if (runtime.env?.wasm) runtime.env.wasm.numThreads = 1;
if (process.argv[2] === "--check") process.exit(0);
const folder = process.argv[2];
let failed = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith(".onnx")).sort()) {
  const base = folder + "/" + file.slice(0, -5);
  try {
    const [sizes, numbers] = readFileSync(base + ".in", "utf8").trim().split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number));
    const options = { logSeverityLevel: 3, intraOpNumThreads: 1, interOpNumThreads: 1 };
    const session = await runtime.InferenceSession.create(readFileSync(base + ".onnx"), options);
    const input = new runtime.Tensor("float32", Float32Array.from(numbers), sizes);
    const feeds = { [session.inputNames[0]]: input };
    let result = await session.run(feeds);
    if (process.argv[3] === "--time") {
      let least = Infinity;
      for (let run = 0; run < 200; ++run) {
        const begin = performance.now();
        result = await session.run(feeds);
        least = Math.min(least, performance.now() - begin);
      }
      writeFileSync(base + ".time", 1000 * least + "\n");
    }
    const output = result[session.outputNames[0]];
    writeFileSync(base + ".out", output.dims.join(" ") + "\n" + Array.from(output.data).join(" ") + "\n");
  } catch (problem) {
    console.log(file + ": " + problem.message);
    ++failed;
  }
}
process.exit(failed ? 1 : 0);
