// Makes one file of the page's parts: node assemble.mjs source-folder build-folder handwriting.html
// The policy in it allows the scripts by their hashes and nothing else: the page cannot ask the network for anything.
import {createHash} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import {gzipSync} from "node:zlib";

const [source, build, output] = process.argv.slice(2);
const text = (folder, name) => readFileSync(`${folder}/${name}`, "utf8").trim();
const base64 = (name) => gzipSync(readFileSync(`${build}/${name}`), {level: 9}).toString("base64");  // base64 alone would double it
const hash = (script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

const script = text(source, "page.js").replace("{{words}}", () => text(source, "words.js"));
const style = text(source, "page.css");
const parts = {
  style,
  script,
  policy: `default-src 'none'; script-src ${hash(script)} 'wasm-unsafe-eval' blob:; style-src ${hash(style)}; worker-src blob:; img-src blob: data:`,
  licences: readFileSync(`${build}/licences.txt`, "utf8").replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  network: base64("network.bin"),
  head: JSON.stringify({...JSON.parse(text(build, "network.json")), W: undefined, B: undefined}),
  remembered: base64("remembered.bin"),
  test: base64("test.bin"),
  wasm: base64("module.wasm"),
  worker: `${text(build, "module.js")}\n${text(source, "files.js")}\n${text(source, "worker.js")}`,
};
if (parts.worker.includes("</script")) throw Error("the worker's script would end its element");
const page = text(source, "page.html").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
writeFileSync(output, page + "\n");
console.log(`${output}: ${page.length} bytes, ${gzipSync(page, {level: 9}).length} gzipped; the module ${gzipSync(readFileSync(`${build}/module.wasm`), {level: 9}).length}`);
