"use strict";
{{words}}

const $ = (id) => document.getElementById(id);
const paper = $("paper"), pen = paper.getContext("2d", {willReadFrequently: true});
const surely = 0.7;          // below this probability the page says that it is not sure
const penWidth = 18;         // of 280 pixels' height
const updatesToLearn = 60, updatesAtOnce = 4, learningRate = 5e-4;

// --- The worker ----------------------------------------------------------------------------------------------------------

const worker = new Worker(URL.createObjectURL(new Blob([$("worker").textContent], {type: "text/javascript"})));
const waiting = new Map();
let asked = 0;
function ask(name, rest = {}) {
  return new Promise((resolve, reject) => {
    waiting.set(++asked, {resolve, reject});
    worker.postMessage({id: asked, name, ...rest});
  });
}
worker.onmessage = ({data: {id, result, error}}) => {
  const {resolve, reject} = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) resolve(result); else reject(Error(error));
};
const complain = (error) => { $("problem").textContent = error.message; };

// --- Words ---------------------------------------------------------------------------------------------------------------

const kept = {  // a browser may refuse to keep anything
  get(key) { try { return localStorage.getItem("nn." + key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem("nn." + key, value); } catch (error) { complain(error); } },
  forget() { try { for (const key of ["network", "digits"]) localStorage.removeItem("nn." + key); } catch { /* nothing there */ } },
};
let language = kept.get("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
const say = (key, values = {}) => words[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
function speak() {
  document.documentElement.lang = language === "zh" ? "zh-Hant" : "en";
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  $("language").textContent = language === "zh" ? "English" : "中文";
  $("language").lang = language === "zh" ? "en" : "zh-Hant";
  show();
  showCourse();
}
$("language").onclick = () => {
  language = language === "zh" ? "en" : "zh";
  kept.set("language", language);
  speak();
};

// --- Drawing -------------------------------------------------------------------------------------------------------------

let strokes = [];    // each a list of {x, y} in pixels of the canvas
let picture = null;  // or a picture that was opened: {grey, height, width}
let digits = [];     // what was read, from left to right: {answer, seen} or null
let scores = null, testBefore = null;

function place(event) {
  const box = paper.getBoundingClientRect();
  return {x: (event.clientX - box.left) * paper.width / box.width, y: (event.clientY - box.top) * paper.height / box.height};
}
function ink(context, stroke) {
  context.lineWidth = penWidth;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(stroke[0].x, stroke[0].y);
  for (const {x, y} of stroke) context.lineTo(x, y);
  context.stroke();
}
function redraw() {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  for (const stroke of strokes) ink(pen, stroke);
}
paper.onpointerdown = (event) => {
  if (picture) clear();
  paper.setPointerCapture(event.pointerId);
  strokes.push([place(event)]);
  redraw();
  readSoon();
};
paper.onpointermove = (event) => {
  if (!paper.hasPointerCapture(event.pointerId)) return;
  for (const each of event.getCoalescedEvents?.() ?? [event]) strokes.at(-1).push(place(each));
  redraw();
  readSoon();
};
function clear() {
  strokes = [];
  picture = null;
  redraw();
  readSoon();
}
$("clear").onclick = clear;
$("undo").onclick = () => { strokes.pop(); redraw(); readSoon(); };

// Strokes that stand above each other for the most part are of one digit.
function groups() {
  const boxes = strokes.map((stroke) => ({
    left: Math.min(...stroke.map(({x}) => x)) - penWidth / 2, right: Math.max(...stroke.map(({x}) => x)) + penWidth / 2,
    strokes: [stroke],
  })).sort((a, b) => a.left - b.left);
  const joined = [];
  for (const box of boxes) {
    const before = joined.at(-1);
    const shared = before ? Math.min(before.right, box.right) - box.left : -1;
    if (before && shared > 0.35 * Math.min(before.right - before.left, box.right - box.left)) {
      before.right = Math.max(before.right, box.right);
      before.strokes.push(...box.strokes);
    } else {
      joined.push(box);
    }
  }
  return joined;
}
function greyOf(context, width, height) {
  const pixels = context.getImageData(0, 0, width, height).data, grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; ++i) grey[i] = (299 * pixels[4 * i] + 587 * pixels[4 * i + 1] + 114 * pixels[4 * i + 2]) / 1000;
  return {grey, height, width};
}
// Each digit alone on white paper, with a margin.
function picturesOfDigits() {
  if (picture) return [picture];
  return groups().map((group) => {
    const margin = 30, width = Math.ceil(group.right - group.left) + 2 * margin, height = paper.height + 2 * margin;
    const sheet = new OffscreenCanvas(width, height).getContext("2d");
    sheet.fillStyle = "#fff";
    sheet.fillRect(0, 0, width, height);
    sheet.translate(margin - group.left, margin);
    for (const stroke of group.strokes) ink(sheet, stroke);
    return greyOf(sheet, width, height);
  });
}

let reading = false, changed = false;
async function readSoon() {
  changed = true;
  if (reading) return;
  reading = true;
  try {
    while (changed) {
      changed = false;
      digits = await ask("read", {pictures: picturesOfDigits()});
      if (digits.at(-1)) digits.at(-1).why = await ask("explain");
      show();
    }
  } catch (error) {
    complain(error);
  }
  reading = false;
}

// --- What is shown -------------------------------------------------------------------------------------------------------

function paint(canvas, numbers) {
  const context = canvas.getContext("2d"), image = context.createImageData(28, 28);
  for (let i = 0; i < 784; ++i) image.data.set([255 * numbers[i], 255 * numbers[i], 255 * numbers[i], 255], 4 * i);
  context.putImageData(image, 0, 0);
}
const best = (answer) => answer.indexOf(Math.max(...answer));
const asText = (digit) => digit && Math.max(...digit.answer) >= surely ? String(best(digit.answer)) : "?";
const percent = (share) => (100 * share).toFixed(1);

function show() {
  const last = digits.at(-1);
  $("number").className = digits.length ? "number" : "";
  $("number").textContent = digits.length === 0 ? say("empty") : digits.map(asText).join("") + (digits.every((digit) => asText(digit) === "?") ? ` (${say("notSure")})` : "");
  paint($("seen"), last?.seen ?? new Float32Array(784));
  paint($("why"), last?.why ?? new Float32Array(784));
  [...$("bars").children].forEach((bar, digit) => {
    const probability = last ? last.answer[digit] : 0;
    bar.className = last && digit === best(last.answer) ? "best" : "";
    bar.children[1].value = probability;
    bar.children[1].setAttribute("aria-label", say("probability", {digit, percent: percent(probability)}));
    bar.children[2].textContent = last ? percent(probability) + " %" : "";
  });
  for (const button of $("teach").children) button.disabled = !last || learning;
  if (scores) {
    $("own").textContent = scores.taught ? say("rightOf", {right: scores.right, all: scores.taught}) : "–";
    $("test").textContent = testBefore === null ? say("percentRight", {after: percent(scores.test)})
      : say("beforeAfter", {before: percent(testBefore), after: percent(scores.test)});
  }
}
for (let digit = 0; digit < 10; ++digit) {
  const bar = $("bars").appendChild(document.createElement("li"));
  const name = document.createElement("span");
  name.textContent = digit;
  bar.append(name, document.createElement("meter"), document.createElement("span"));
  const button = $("teach").appendChild(document.createElement("button"));
  button.type = "button";
  button.textContent = digit;
  button.onclick = () => teach(digit);
}

// --- Learning ------------------------------------------------------------------------------------------------------------

// A loss curve, as wide as it will be at its end.
function plot(id, losses, all) {
  const highest = Math.max(...losses);
  $(id).firstElementChild.setAttribute("points", losses.map((loss, i) => `${300 * i / (all - 1)},${78 - 76 * loss / highest}`).join(" "));
}

let learning = false;
async function teach(digit) {
  const {seen} = digits.at(-1);
  learning = true;
  show();
  try {
    await ask("teachSeen", {seen, digit});
    testBefore ??= (await ask("scores")).test;
    const losses = [];
    for (let done = 0; done < updatesToLearn; done += updatesAtOnce) {
      losses.push(await ask("learn", {updates: updatesAtOnce, rate: learningRate}));
      plot("curve", losses, updatesToLearn / updatesAtOnce);
    }
    scores = await ask("scores");
    const own = JSON.parse(kept.get("digits") ?? "[]");
    own.push({digit, seen: [...seen].map((value) => Math.round(255 * value))});
    kept.set("digits", JSON.stringify(own));
    if (!usesCourse) kept.set("network", await ask("save"));
  } catch (error) {
    complain(error);
  }
  learning = false;
  readSoon();
}

// --- Training from nothing -----------------------------------------------------------------------------------------------

let training = false, usesCourse = false, course = null;  // {losses, test, signs}, of which the last is a list of {sign, ...}
const courseRate = () => 10 ** Number($("rate").value);

// What the numbers of the losses say; as nn::diagnose judges them.
function signsOfLosses(losses) {
  const latest = losses.slice(-12), steps = latest.slice(1).map((loss, i) => loss - latest[i]);
  if (latest.length < 6) return [];
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const turns = sum(steps.slice(1).map((step, i) => (step > 0) !== (steps[i] > 0)));
  if (turns > 0.5 * (steps.length - 1) && sum(steps.map(Math.abs)) > 0.1 * sum(latest.slice(1)))
    return [{sign: "turning", turns, epochs: steps.length}];
  const stands = Math.abs(latest.at(-1) - latest[0]) < 0.01 * latest[0] && latest.at(-1) > 0.5 * losses[0];
  return stands ? [{sign: "standing"}] : [];
}
function showCourse() {
  $("rate-is").textContent = Number(courseRate().toPrecision(2));
  for (const id of ["layers", "width"]) $(id + "-is").textContent = $(id).value;
  for (const id of ["layers", "width", "activation"]) $(id).disabled = training;  // the rate may be moved meanwhile
  $("train").textContent = say(training ? "stop" : "train");
  $("use").textContent = say(usesCourse ? "back" : "use");
  $("use").disabled = training || !(usesCourse || course?.losses.length);
  if (!course) return;
  const {losses, test, signs} = course;
  plot("course-curve", losses, Math.max(losses.length, 20));
  $("course-is").textContent = losses.length ? say("epoch", {epoch: losses.length, loss: losses.at(-1).toPrecision(3), percent: percent(test)}) : "";
  $("signs").replaceChildren(...(signs.length || !losses.length ? signs : [{sign: "healthy"}]).map((sign) => {
    const item = document.createElement("li");
    item.textContent = say(sign.sign, {...sign, percent: percent(sign.share), share: sign.share?.toPrecision(2)});
    return item;
  }));
}
$("train").onclick = async () => {
  if (training) { training = false; return; }
  training = true;
  try {
    await readWithCourse(false);
    course = {losses: [], test: 0, signs: []};
    await ask("beginCourse", {layers: Number($("layers").value), width: Number($("width").value), activation: $("activation").value});
    for (showCourse(); training && course.losses.length < 1000; showCourse()) {
      const {loss, test, signs, problem} = await ask("trainCourse", {rate: courseRate()});
      if (problem !== undefined) { course.signs = [{sign: "not-finite"}]; break; }
      course.losses.push(loss);
      course.test = test;
      course.signs = [...signs, ...signsOfLosses(course.losses)];
    }
  } catch (error) {
    complain(error);
  }
  training = false;
  showCourse();
};
async function readWithCourse(wanted) {
  if (wanted === usesCourse) return;
  await ask("readWithCourse", {wanted});
  testBefore = null;
  scores = await ask("scores");
  usesCourse = wanted;
  readSoon();
  showCourse();
}
$("use").onclick = () => readWithCourse(!usesCourse).catch(complain);
for (const id of ["rate", "layers", "width"]) $(id).oninput = showCourse;

// --- Files ---------------------------------------------------------------------------------------------------------------

async function openPicture(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, 1000 / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(scale * image.width)), height = Math.max(1, Math.round(scale * image.height));
  const sheet = new OffscreenCanvas(width, height).getContext("2d");
  sheet.fillStyle = "#fff";
  sheet.fillRect(0, 0, width, height);
  sheet.drawImage(image, 0, 0, width, height);
  strokes = [];
  redraw();
  const fit = Math.min(paper.width / width, paper.height / height);
  pen.drawImage(image, (paper.width - fit * width) / 2, (paper.height - fit * height) / 2, fit * width, fit * height);
  picture = greyOf(sheet, width, height);
  await readSoon();
}
async function openNetwork(file) {
  await readWithCourse(false);
  await ask("load", {json: await file.text()});
  testBefore = null;
  scores = await ask("scores");
  kept.set("network", await ask("save"));
  await readSoon();
}
const open = (file) => {
  $("problem").textContent = "";
  return (file.name.endsWith(".json") ? openNetwork(file) : openPicture(file)).catch(complain);
};
for (const id of ["picture", "load"])
  $(id).onchange = async () => { if ($(id).files.length) await open($(id).files[0]); $(id).value = ""; };
document.ondragover = (event) => event.preventDefault();
document.ondrop = (event) => { event.preventDefault(); if (event.dataTransfer.files.length) open(event.dataTransfer.files[0]); };
document.onpaste = (event) => { if (event.clipboardData.files.length) open(event.clipboardData.files[0]); };

for (const [id, question, name] of [["save", "save", "params.json"], ["save-onnx", "saveOnnx", "digits.onnx"], ["save-c", "saveC", "digits.h"]])
  $(id).onclick = async () => {
    const file = await ask(question).catch(complain);
    if (!file) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file], {type: "application/octet-stream"}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
$("forget").onclick = async () => {
  kept.forget();
  await readWithCourse(false);
  await ask("reset", {network: $("network").textContent});
  testBefore = null;
  plot("curve", [], 2);
  scores = await ask("scores");
  await readSoon();
};

// A 7 and a 3, so that there is something to see and to press for those who cannot draw.
$("example").onclick = () => {
  picture = null;
  const points = (list) => list.map(([x, y]) => ({x, y}));
  const round = (x, y, radius, from, to) => Array.from({length: 25}, (_, i) => {
    const angle = from + (to - from) * i / 24;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  strokes = [points([[110, 60], [205, 60], [150, 220]]), points([...round(380, 98, 40, -2.6, 1.5), ...round(380, 180, 44, -1.5, 2.6)])];
  redraw();
  readSoon();
};

// --- Begin ---------------------------------------------------------------------------------------------------------------

redraw();
speak();
(async () => {
  const embedded = (id) => $(id).textContent;
  await ask("start", {wasm: embedded("wasm"), network: embedded("network"), remembered: embedded("remembered"), test: embedded("test-digits"), head: JSON.parse(embedded("head"))});
  const network = kept.get("network");
  if (network) await ask("load", {json: network});
  for (const {digit, seen} of JSON.parse(kept.get("digits") ?? "[]"))
    await ask("teachSeen", {digit, seen: Float32Array.from(seen, (value) => value / 255)});
  scores = await ask("scores");
  document.body.dataset.state = "ready";
  show();
})().catch(complain);
