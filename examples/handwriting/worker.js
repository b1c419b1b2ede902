// Runs beside the page, so that it stays alive: owns the network, and answers one message after the other.
let nn, ownHead, fileHead;  // what a saved file says of the layers, of the page's own network and of the one that reads
let courseHead;

// Of gzip in base64, as assemble.mjs puts them into the page.
async function bytesOf(base64) {
  const packed = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
  return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}
const give = (bytes) => nn.HEAPU8.set(bytes, nn._take(bytes.length));
const floats = (at, count) => nn.HEAPF32.slice(at / 4, at / 4 + count);
const text = () => new TextDecoder().decode(nn.HEAPU8.slice(nn._text_at(), nn._text_at() + nn._text_size()));
const checked = (status) => { if (status) throw Error(text()); };

function tensors() {  // of the network, in the order of its parameters
  nn._list_tensors();
  return text().trim().split("\n").map((line) => {
    const [name, rows, columns] = line.split(" ");
    return {name, rows: Number(rows), columns: Number(columns)};
  });
}

// {"W": [...], "B": [...]}, as nn::save and the course have them: zeros for the input, then a row of W for each output.
function fileOfNetwork() {
  const file = {...fileHead, W: [Array(784).fill(0)], B: [Array(784).fill(0)]};
  let at = nn._parameters_at() / 4;
  for (const {name, rows, columns} of tensors()) {
    const number = (row, column) => Number(nn.HEAPF32[at + column * rows + row].toPrecision(7));
    if (!nn.HEAPF32.subarray(at, at + rows * columns).every(Number.isFinite)) throw Error(`save: ${name} is not finite any more; train again, with a lower learning rate`);
    if (name.endsWith(".bias")) file.B.push(Array.from({length: rows}, (_, row) => number(row, 0)));
    else file.W.push(Array.from({length: rows}, (_, row) => Array.from({length: columns}, (_, column) => number(row, column))));
    at += rows * columns;
  }
  return file;
}

// A name for each thing that the page may ask.
const answers = {
  async start({wasm, network, remembered, test, head}) {
    ownHead = fileHead = head;
    nn = await createNn({wasmBinary: await bytesOf(wasm)});
    give(await bytesOf(network)); checked(nn._load_packed());
    give(await bytesOf(remembered)); checked(nn._load_remembered());
    give(await bytesOf(test)); checked(nn._load_test());
  },
  async reset({network}) { give(await bytesOf(network)); checked(nn._load_packed()); nn._forget_taught(); },
  read({pictures}) {
    return pictures.map(({grey, height, width}) => {
      give(grey);
      if (nn._read_picture(height, width)) return null;  // no digit in it
      return {seen: floats(nn._seen_at(), 784), answer: floats(nn._answer_at(), 10)};
    });
  },
  explain() { checked(nn._explain()); return floats(nn._saliency_at(), 784); },
  teach({digit}) { nn._teach(digit); },
  teachSeen({seen, digit}) { nn.HEAPF32.set(seen, nn._seen_at() / 4); nn._teach(digit); },
  learn({updates, rate}) {
    const loss = nn._learn(updates, rate);
    if (loss < 0) throw Error(text());
    return loss;
  },
  scores() { return {right: nn._right_of_taught(), taught: nn._taught(), test: nn._accuracy_of_test()}; },
  // The course's network from nothing; the digits that it learns.
  beginCourse({layers, width, activation}) {
    checked(nn._begin_course(layers, width, ["ReLU", "Sigmoid", "Tanh"].indexOf(activation)));
    const dense = (units) => ({type: "Dense", units, bias: 1});
    const hidden = Array.from({length: layers}, () => [dense(width), {type: activation}]).flat();
    courseHead = {...ownHead, layers: [{type: "Input", height: 1, width: 1, channels: 784}, ...hidden, dense(10), {type: "Softmax"}]};
  },
  trainCourse({rate}) {
    const loss = nn._course_epoch(rate);
    if (loss < 0) return {problem: text()};
    nn._course_signs();
    const signs = text().split("\n").filter(Boolean).map((line) => line.split(" "));
    return {loss, test: nn._course_accuracy_of_test(), signs: signs.map(([sign, layer, share]) => ({sign, layer, share: Number(share)}))};
  },
  readWithCourse({wanted}) {
    nn._read_with_course(wanted);
    fileHead = wanted ? courseHead : ownHead;
  },
  save() { return JSON.stringify(fileOfNetwork()); },
  saveOnnx() { return onnxOf(fileOfNetwork()); },
  saveC() { return cHeaderOf(fileOfNetwork()); },
  load({json}) {
    const file = JSON.parse(json), numbers = [];
    const place = {weight: 1, bias: 1};
    for (const {name, rows, columns} of tensors()) {
      const kind = name.split(".").pop(), given = (kind === "bias" ? file.B : file.W)?.[place[kind]++];
      const fits = Array.isArray(given) && given.length === rows && (kind === "bias" || given.every((row) => row.length === columns));
      if (!fits) throw Error(`load: ${name} of this network is ${rows} x ${columns}, and the file has another shape`);
      for (let column = 0; column < columns; ++column)
        for (let row = 0; row < rows; ++row) numbers.push(kind === "bias" ? given[row] : given[row][column]);
    }
    give(new Uint8Array(Float32Array.from(numbers).buffer));
    checked(nn._load_parameters());
  },
};

let last = Promise.resolve();
onmessage = ({data: {id, name, ...rest}}) => {
  last = last.then(() => answers[name](rest)).then((result) => postMessage({id, result}), (error) => postMessage({id, error: error.message}));
};
