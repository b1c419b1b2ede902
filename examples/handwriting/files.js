// The network as files for other programs, of what nn::save writes of it: {layers, W, B}.

// Each layer with its parameters and the height, width and channels that it reads. What only training does is left out.
function* stepsOf({layers, W, B}) {
  let {height, width, channels} = layers[0], parameters = 0;
  for (const layer of layers.slice(1)) {
    if (layer.type === "Dropout") continue;
    const step = {...layer, from: {height, width, channels}};
    if (layer.bias) [step.W, step.b] = [W[++parameters], B[parameters]];
    if (layer.type === "Conv2D") {
      height += 2 * layer.padding_height - layer.kernel_height + 1;
      width += 2 * layer.padding_width - layer.kernel_width + 1;
      channels = layer.filters;
    } else if (layer.type === "MaxPool2D") {
      [height, width] = [Math.floor(height / 2), Math.floor(width / 2)];
    } else if (layer.type === "Flatten") {
      [height, width, channels] = [1, 1, height * width * channels];
    } else if (layer.type === "Dense") {
      channels = layer.units;
    }
    yield {...step, to: {height, width, channels}};
  }
}
const sizeOf = ({height, width, channels}) => height * width * channels;

// --- ONNX: messages of protobuf, whose fields have these numbers in onnx.proto ---------------------------------------------

function varint(number) {
  const bytes = [];
  for (; number > 127; number = Math.floor(number / 128)) bytes.push(number % 128 + 128);
  return [...bytes, number];
}
// A whole number, a text, or the bytes of a message.
function field(number, value) {
  if (typeof value === "number") return [...varint(8 * number), ...varint(value)];
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return [...varint(8 * number + 2), ...varint(bytes.length), ...bytes];
}
const fields = (number, values) => values.flatMap((value) => field(number, value));

function tensor(name, sizes, numbers) {
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((value, i) => bytes.setFloat32(4 * i, value, true));
  return [...fields(1, sizes), ...field(2, 1), ...field(8, name), ...field(9, new Uint8Array(bytes.buffer))];
}
function value(name, sizes) {  // of floats, for any number of samples
  const dimensions = [field(2, "batch"), ...sizes.map((size) => field(1, size))];
  return [...field(1, name), ...field(2, field(1, [...field(1, 1), ...field(2, fields(1, dimensions))]))];
}
const integer = (name, number) => [...field(1, name), ...field(3, number), ...field(20, 2)];
const integers = (name, list) => [...field(1, name), ...fields(8, list), ...field(20, 7)];

function onnxOf(file) {
  const nodes = [], tensors = [], input = file.layers[0];
  let last = "input", columns;  // which of a flattened image's numbers stand where: its channels come first in ONNX
  const node = (type, inputs, attributes = []) => {
    nodes.push([...fields(1, [last, ...inputs]), ...field(2, last = `${type}_${nodes.length}`), ...field(4, type), ...fields(5, attributes)]);
  };
  const parameter = (name, sizes, numbers) => { tensors.push(tensor(name, sizes, numbers)); return name; };
  for (const {type, from, W, b, ...layer} of stepsOf(file)) {
    const name = `${nodes.length}.`;
    if (type === "Conv2D") {
      const [rows, wide] = [layer.kernel_height, layer.kernel_width], [above, left] = [layer.padding_height, layer.padding_width];
      const channels = [...Array(from.channels).keys()], places = [...Array(rows * wide).keys()];
      const numbers = W.flatMap((row) => channels.flatMap((c) => places.map((place) => row[place * from.channels + c])));
      node("Conv", [parameter(`${name}weight`, [b.length, from.channels, rows, wide], numbers), parameter(`${name}bias`, [b.length], b)],
        [integers("kernel_shape", [rows, wide]), integers("pads", [above, left, above, left])]);
    } else if (type === "Dense") {
      const order = columns ?? [...W[0].keys()];
      columns = null;
      const numbers = W.flatMap((row) => order.map((column) => row[column]));
      node("Gemm", [parameter(`${name}weight`, [b.length, order.length], numbers), parameter(`${name}bias`, [b.length], b)], [integer("transB", 1)]);
    } else if (type === "MaxPool2D") {
      node("MaxPool", [], [integers("kernel_shape", [2, 2]), integers("strides", [2, 2])]);
    } else if (type === "Flatten") {
      const pixels = [...Array(from.height * from.width).keys()];
      columns = [...Array(from.channels).keys()].flatMap((c) => pixels.map((pixel) => pixel * from.channels + c));
      node("Flatten", []);
    } else {
      node(type === "ReLU" ? "Relu" : type, [], type === "Softmax" ? [integer("axis", 1)] : []);
    }
  }
  const sizes = input.height > 1 ? [input.channels, input.height, input.width] : [input.channels];
  nodes.push([...field(1, last), ...field(2, "output"), ...field(4, "Identity")]);
  const graph = [...fields(1, nodes), ...field(2, "digits"), ...fields(5, tensors), ...field(11, value("input", sizes)), ...field(12, value("output", [10]))];
  return Uint8Array.from([...field(1, 8), ...field(2, "nn"), ...field(7, graph), ...field(8, field(2, 17))]);
}

// --- A header in C99 ---------------------------------------------------------------------------------------------------------

const functionsInC = {
  Conv2D: `static void digits_conv(const float *x, int height, int width, int channels, const float *weight, const float *bias, int filters,
                        int size, int padding, float *y) {
  for (int row = -padding; row <= height + padding - size; ++row)
    for (int column = -padding; column <= width + padding - size; ++column)
      for (int filter = 0; filter < filters; ++filter) {
        const float *w = weight + filter * size * size * channels;
        float sum = bias[filter];
        for (int i = row; i < row + size; ++i)
          for (int j = column; j < column + size; ++j, w += channels)
            if (i >= 0 && i < height && j >= 0 && j < width)
              for (int c = 0; c < channels; ++c) sum += w[c] * x[(i * width + j) * channels + c];
        *y++ = sum;
      }
}`,
  MaxPool2D: `static void digits_pool(const float *x, int height, int width, int channels, float *y) {
  for (int row = 0; row + 1 < height; row += 2)
    for (int column = 0; column + 1 < width; column += 2)
      for (int c = 0; c < channels; ++c) {
        const float *p = x + (row * width + column) * channels + c, *below = p + width * channels;
        *y++ = fmaxf(fmaxf(p[0], p[channels]), fmaxf(below[0], below[channels]));
      }
}`,
  Dense: `static void digits_dense(const float *x, int inputs, const float *weight, const float *bias, int outputs, float *y) {
  for (int i = 0; i < outputs; ++i) {
    y[i] = bias[i];
    for (int j = 0; j < inputs; ++j) y[i] += weight[i * inputs + j] * x[j];
  }
}`,
  Softmax: `static void digits_softmax(float *x, int size) {
  float largest = x[0], sum = 0;
  for (int i = 1; i < size; ++i) largest = fmaxf(largest, x[i]);
  for (int i = 0; i < size; ++i) sum += x[i] = expf(x[i] - largest);
  for (int i = 0; i < size; ++i) x[i] /= sum;
}`,
  ReLU: "static void digits_relu(float *x, int size) { for (int i = 0; i < size; ++i) x[i] = fmaxf(x[i], 0.0f); }",
  Sigmoid: "static void digits_sigmoid(float *x, int size) { for (int i = 0; i < size; ++i) x[i] = 1.0f / (1.0f + expf(-x[i])); }",
  Tanh: "static void digits_tanh(float *x, int size) { for (int i = 0; i < size; ++i) x[i] = tanhf(x[i]); }",
};

function cHeaderOf(file) {
  const literal = (number) => { const text = String(Number(number.toPrecision(9))); return `${/[.e]/.test(text) ? text : text + ".0"}f`; };
  const tables = [], calls = [], used = new Set();
  let [here, there] = ["digits_a", "digits_b"], first = true, largest = 0, number = 0;
  const table = (name, numbers) => { tables.push(`static const float ${name}[${numbers.length}] = {${numbers.map(literal)}};`); return name; };
  for (const {type, from, to, W, b, ...layer} of stepsOf(file)) {
    if (type === "Flatten") continue;  // which changes no number's place
    used.add(type);
    largest = Math.max(largest, sizeOf(to));
    const image = `${from.height}, ${from.width}, ${from.channels}`, x = first ? "x" : here;
    if (!W && type !== "MaxPool2D") { calls.push(`digits_${type.toLowerCase()}(${here}, ${sizeOf(from)});`); continue; }
    if (type === "MaxPool2D") {
      calls.push(`digits_pool(${x}, ${image}, ${there});`);
    } else {
      const parameters = `${table(`digits_weight_${++number}`, W.flat())}, ${table(`digits_bias_${number}`, b)}, ${b.length}`;
      calls.push(type === "Dense" ? `digits_dense(${x}, ${sizeOf(from)}, ${parameters}, ${there});`
        : `digits_conv(${x}, ${image}, ${parameters}, ${layer.kernel_height}, ${layer.padding_height}, ${there});`);
    }
    [here, there, first] = [there, here, false];
  }
  return `/* A network that reads handwritten digits, C99. digits_predict(x, y): y[0..9], the probability of each digit, from x[0..783],
   28 x 28 pixels from 0 (paper) to 1 (ink), row by row. Not from several threads at a time. */
#ifndef DIGITS_H
#define DIGITS_H

#include <math.h>
#include <string.h>

${tables.join("\n")}
static float digits_a[${largest}], digits_b[${largest}];

${Object.entries(functionsInC).filter(([type]) => used.has(type)).map(([, text]) => text).join("\n")}

static void digits_predict(const float *x, float *y) {
  ${calls.join("\n  ")}
  memcpy(y, ${here}, 10 * sizeof(float));
}

#endif
`;
}
