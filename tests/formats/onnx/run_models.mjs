// Runs each model of a folder by ONNX Runtime: NAME.onnx with the numbers of NAME.in, whose first line is the input's
// sizes, and writes what comes out to NAME.out. usage: node run_models.mjs FOLDER
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
    const session = await runtime.InferenceSession.create(readFileSync(base + ".onnx"), { logSeverityLevel: 3 });
    const input = new runtime.Tensor("float32", Float32Array.from(numbers), sizes);
    const result = await session.run({ [session.inputNames[0]]: input });
    const output = result[session.outputNames[0]];
    writeFileSync(base + ".out", output.dims.join(" ") + "\n" + Array.from(output.data).join(" ") + "\n");
  } catch (problem) {
    console.log(file + ": " + problem.message);
    ++failed;
  }
}
process.exit(failed ? 1 : 0);
