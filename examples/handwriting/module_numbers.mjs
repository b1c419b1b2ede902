// Prints what native.cpp prints, by the module that is compiled for the browser: node module_numbers.mjs folder digits.bin
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const [folder, digits] = process.argv.slice(2);
const nn = await createRequire(import.meta.url)(`${folder}/module.js`)({wasmBinary: readFileSync(`${folder}/module.wasm`)});
const give = (path) => { const bytes = readFileSync(path); nn.HEAPU8.set(bytes, nn._take(bytes.length)); };
const checked = (status) => { if (status) process.exit(1); };
give(`${folder}/network.bin`); checked(nn._load_packed());
give(`${folder}/remembered.bin`); checked(nn._load_remembered());
give(digits); checked(nn._load_test());
const count = nn._answer_test();
const lines = [...nn.HEAPF32.subarray(nn._test_answers_at() / 4, nn._test_answers_at() / 4 + 10 * count)];
for (let digit = 0; digit < 3; ++digit) { nn._see_test(digit); nn._teach(digit); }
for (let update = 0; update < 10; ++update) lines.push(nn._learn(1, 5e-4));
console.log(lines.map((number) => number.toPrecision(9)).join("\n"));
