// Uses the page as people do, in a real Chromium: node browser_test.mjs folder-with-handwriting.html
import assert from "node:assert/strict";
import {readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";

const folder = process.argv[2];
const modules = createRequire(`${process.env.NN_NODE_MODULES ?? "node_modules"}/x.js`);
const {chromium} = modules("playwright-core");
const address = `file://${folder}/handwriting.html`;

// Each digit in a way or two, as points in hundredths of its box; a list is a stroke.
const ways = {
  0: [[[50, 0], [15, 15], [0, 50], [15, 87], [50, 100], [85, 87], [100, 50], [85, 15], [50, 0]]],
  1: [[[30, 25], [50, 0], [50, 100]]],
  2: [[[5, 25], [20, 5], [50, 0], [82, 10], [85, 35], [60, 62], [30, 83], [0, 100], [100, 98]]],
  3: [[[10, 12], [35, 0], [70, 5], [82, 22], [68, 42], [38, 48], [75, 55], [90, 75], [70, 96], [35, 100], [5, 90]]],
  4: [[[15, 0], [5, 58], [92, 54]], [[76, 2], [70, 100]]],
  5: [[[28, 3], [16, 43], [50, 37], [84, 52], [85, 80], [50, 100], [5, 93]], [[28, 3], [95, 0]]],
  6: [[[78, 2], [40, 15], [12, 50], [12, 82], [42, 100], [78, 92], [85, 68], [60, 52], [30, 60], [14, 80]]],
  7: [[[5, 5], [90, 3], [65, 50], [42, 100]]],
  8: [[[78, 12], [50, 0], [20, 12], [25, 35], [55, 50], [82, 72], [72, 95], [45, 100], [15, 92], [14, 70], [42, 50], [72, 33], [82, 15]]],
  9: [[[80, 20], [60, 2], [25, 6], [12, 30], [30, 50], [62, 45], [80, 20], [75, 100]]],
};

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
const context = await browser.newContext({viewport: {width: 900, height: 1200}, locale: "en-US", acceptDownloads: true});
const page = await context.newPage();
const complaints = [], requests = [];
page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
page.on("pageerror", (error) => complaints.push(error.message));
context.on("request", (request) => { if (!/^(file|blob|data):/.test(request.url())) requests.push(request.url()); });

async function open() {
  await page.goto(address);
  await page.waitForFunction(() => document.body.dataset.state === "ready", null, {timeout: 120000});
}
const number = () => page.textContent("#number");
// What is shown once the page has read what was drawn last.
async function read() {
  await page.waitForFunction(() => !reading && !changed && !learning, null, {timeout: 120000});
  return (await number()).trim();
}
// Draws a digit into a box of the paper, given in shares of its width and height.
const draw = (digit, left, width) => drawStrokes(ways[digit], left, width);
async function drawStrokes(strokes, left = 0.35, width = 0.2) {
  const box = await page.locator("#paper").boundingBox();
  for (const stroke of strokes) {
    const at = ([x, y]) => [box.x + box.width * (left + width * x / 100), box.y + box.height * (0.18 + 0.64 * y / 100)];
    await page.mouse.move(...at(stroke[0]));
    await page.mouse.down();
    for (const point of stroke.slice(1)) await page.mouse.move(...at(point), {steps: 4});
    await page.mouse.up();
  }
}
const clear = async () => { await page.click("#clear"); await read(); };

await open();
assert.equal(await read(), "Nothing drawn yet.", "an empty paper is no digit");

let right = 0;
for (let digit = 0; digit < 10; ++digit) {
  await draw(digit);
  right += await read() === String(digit);
  await clear();
}
console.log(`${right} of 10 drawn digits are read right`);
assert.ok(right >= 7, `only ${right} of 10 drawn digits are read right`);

// Of scribbles, lines to and fro through points anywhere, it is not sure; of four it was when it had not trained on any.
let unsure = 0;
for (let scribble = 0, seed = 1; scribble < 10; ++scribble) {
  const random = () => (seed = seed * 48271 % 2147483647) / 2147483647;
  await drawStrokes([Array.from({length: 9}, () => [100 * random(), 100 * random()])]);
  unsure += (await read()).includes("?");
  await clear();
}
console.log(`it is not sure of ${unsure} of 10 scribbles`);
assert.ok(unsure >= 5, `it takes ${10 - unsure} of 10 scribbles for digits`);

// Two digits are a number; a third one can be taken away again.
await draw(7, 0.1, 0.15);
await draw(1, 0.45, 0.1);
assert.match(await read(), /^[0-9?]{2}/);
await page.click("#undo");
assert.match(await read(), /^[0-9?]( |$)/);
await clear();

// The bars add up to one, the seen digit is bright on black, and why says something.
await draw(3);
await read();
const bars = await page.$$eval("#bars meter", (meters) => meters.map((meter) => meter.value));
assert.equal(bars.length, 10);
assert.ok(Math.abs(bars.reduce((a, b) => a + b) - 1) < 1e-3);
const brightest = (id) => page.$eval(id, (canvas) => Math.max(...canvas.getContext("2d").getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 0)));
assert.ok(await brightest("#seen") > 200 && await brightest("#why") > 200);
await page.screenshot({path: `${folder}/read.png`, fullPage: true});
await clear();

// Learning: a sign of one's own for a 4 is a 4 after it was taught a few times.
const sign = [[[10, 0], [90, 100]], [[90, 0], [10, 100]]];  // a cross
const digitWas = ways[4];
ways[4] = sign;
for (let time = 0; time < 5; ++time) {
  await draw(4, 0.3 + 0.02 * time, 0.2 + 0.01 * time);
  await read();
  await page.click("#teach button:nth-child(5)");
  await read();
  await clear();
}
await draw(4, 0.37, 0.22);
assert.equal(await read(), "4", "what was taught five times is known");
assert.match(await page.textContent("#own"), /[45] of 5 right/);
const afterwards = await page.textContent("#test");
console.log(`after five corrections: own digits ${await page.textContent("#own")}; test digits ${afterwards}`);
const [before, now] = afterwards.match(/[\d.]+/g).map(Number);
assert.ok(now >= before - 5, `the test digits went from ${before} to ${now} %`);
assert.notEqual(await page.getAttribute("#curve polyline", "points"), "");
await page.screenshot({path: `${folder}/taught.png`, fullPage: true});

// It is kept over a reload, goes out as a file and comes in again.
await open();
await draw(4, 0.37, 0.22);
assert.equal(await read(), "4", "what was learned is there after a reload");
async function save(button, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  await download.saveAs(`${folder}/${name}`);
}
await save("#save", "params.json");
await save("#save-onnx", "params.onnx");
await save("#save-c", "params.h");
const file = JSON.parse(readFileSync(`${folder}/params.json`, "utf8"));
assert.equal(file.W.length, 6);
assert.deepEqual(file.B.map((bias) => bias.length), [784, 16, 32, 48, 48, 10]);
await page.click("#forget");
assert.equal(await page.evaluate(() => localStorage.getItem("nn.network")), null);
await page.waitForFunction(() => document.querySelector("#own").textContent === "–");
await page.setInputFiles("#load", `${folder}/params.json`);
await read();
await clear();
await draw(4, 0.37, 0.22);
assert.equal(await read(), "4", "the saved network knows it again");
ways[4] = digitWas;

// A file that is none is refused in words, and changes nothing.
writeFileSync(`${folder}/broken.json`, JSON.stringify({W: [[[1]]], B: [[1]]}));
await page.setInputFiles("#load", `${folder}/broken.json`);
await page.waitForFunction(() => document.querySelector("#problem").textContent !== "");
assert.match(await page.textContent("#problem"), /another shape/);
await page.click("#forget");
await clear();

// A picture that is opened is read, too: the page's own drawing, as a PNG.
await draw(0);
await read();
const png = Buffer.from((await page.$eval("#paper", (canvas) => canvas.toDataURL())).split(",")[1], "base64");
writeFileSync(`${folder}/zero.png`, png);
await clear();
await page.setInputFiles("#picture", `${folder}/zero.png`);
await page.waitForFunction(() => picture !== null);
assert.equal(await read(), "0", "a picture of a 0");

// The course's network learns from nothing, and its troubles can be made: what the doctor says of each.
async function train(settings, isEnough) {
  for (const [id, value] of Object.entries(settings))
    await page.$eval("#" + id, (field, given) => { field.value = given; field.dispatchEvent(new Event("input")); }, String(value));
  await page.click("#train");
  await page.waitForFunction(isEnough, null, {timeout: 120000});
  if (await page.evaluate(() => training)) await page.click("#train");
  await page.waitForFunction(() => !training);
  return page.textContent("#signs");
}
const trained = await train({rate: -1, layers: 1, width: 30, activation: "ReLU"}, () => course?.losses.length >= 20);
const [firstLoss, lastLoss, known] = await page.evaluate(() => [course.losses[0], course.losses.at(-1), course.test]);
console.log(`from nothing: loss ${firstLoss.toFixed(2)} to ${lastLoss.toFixed(3)}, ${(100 * known).toFixed(1)} % of the test digits right; ${trained}`);
assert.ok(lastLoss < 0.2 * firstLoss && known > 0.6);
assert.equal(trained, "Nothing wrong was found.");
assert.ok((await page.getAttribute("#course-curve polyline", "points")).split(" ").length >= 20);
await page.click("#use");
await page.waitForFunction(() => usesCourse && !reading);
assert.equal(await page.textContent("#test"), `${(100 * known).toFixed(1)} % right`, "the network that was trained reads");
await save("#save", "course.json");
await save("#save-onnx", "course.onnx");
await save("#save-c", "course.h");
assert.deepEqual(JSON.parse(readFileSync(`${folder}/course.json`, "utf8")).B.map((bias) => bias.length), [784, 30, 10]);
await page.click("#use");
await page.waitForFunction(() => !usesCourse && !reading);
assert.notEqual(await page.textContent("#test"), `${(100 * known).toFixed(1)} % right`, "the page's own reads again");
assert.match(await train({rate: 1, layers: 2}, () => course?.losses.length >= 3 || course?.signs.length > 0), /ReLUs are 0|not finite/);
assert.match(await train({rate: -1, layers: 8, activation: "Sigmoid"}, () => course?.losses.length >= 1), /vanishes/);
await page.screenshot({path: `${folder}/course.png`, fullPage: true});

// The other language, remembered; a small screen, on which nothing sticks out; no violation of WCAG's rules.
await page.click("#language");
assert.equal(await page.textContent("h1"), "手寫數字");
assert.match(await page.textContent("#signs"), /梯度/);
assert.equal(await page.getAttribute("html", "lang"), "zh-Hant");
await page.reload();
assert.equal(await page.textContent("h1"), "手寫數字");
await page.setViewportSize({width: 360, height: 740});
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "nothing is wider than a small screen");
await page.screenshot({path: `${folder}/small.png`, fullPage: true});
await page.click("#language");
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({colorScheme});
  await page.waitForFunction(() => document.body.dataset.state === "ready", null, {timeout: 120000});
  // The policy of the page forbids scripts of others, so this one is run by the debugger.
  await page.evaluate(readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8"));
  const {violations} = await page.evaluate(() => axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}));
  assert.deepEqual(violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(" ")}`), []);
  await page.screenshot({path: `${folder}/${colorScheme}.png`, fullPage: true});
}

// The keyboard reaches everything, and shows something to read without a pen.
await page.focus("#example");
await page.keyboard.press("Enter");
assert.match(await read(), /^[0-9?]{2}/);

assert.deepEqual(requests, [], "the page asks no network");
assert.deepEqual(complaints, []);
await browser.close();
console.log("the page is as it should be");
