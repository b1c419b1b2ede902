# SPDX-License-Identifier: MIT
"""Writes tests/training/numpy_curve.txt: the losses of 1,000 per-sample steps of gradient descent, computed by NumPy in
double precision for the network 20-16-12-5 with ReLU, Softmax and cross entropy.

Data and first weights come from integers modulo primes, so that tests/training/numpy_curve.test.cpp makes the same bits.
Run it with a Python that has NumPy; the fixture changes only when this file does.
"""
import os

import numpy as np

SIZES = [20, 16, 12, 5]
STEPS = 1000
RATE = 0.03125


def scattered(count, step, prime):
    """Numbers in [-1, 1): (step i mod prime) / prime, doubled, minus 1."""
    return np.array([2.0 * ((step * i % prime) / prime) - 1.0 for i in range(count)])


def first_weights(layer):
    rows, columns = SIZES[layer + 1], SIZES[layer]
    scale = 1.0 / columns
    w = scattered(rows * columns, 7919 + layer, 10007).reshape((rows, columns)) * (3 * scale)  # row by row
    b = scattered(rows, 104729 + layer, 1009) * 0.125
    return w, b


def sample(step):
    x = (scattered(SIZES[0] * (step + 1), 31, 4099)[-SIZES[0]:] + 1) / 2
    x[step % 3 :: 4] = 0.0  # some inputs are zero, as in pictures
    return x, step * step % SIZES[-1]


weights = [first_weights(layer) for layer in range(len(SIZES) - 1)]
losses = []
for step in range(STEPS):
    x, label = sample(step)
    outputs = [x]
    for layer, (w, b) in enumerate(weights):
        z = w @ outputs[-1] + b
        outputs.append(np.maximum(z, 0.0) if layer + 1 < len(weights) else z)
    logits = outputs[-1] - outputs[-1].max()
    probabilities = np.exp(logits) / np.exp(logits).sum()
    losses.append(np.log(np.exp(logits).sum()) - logits[label])

    gradient = probabilities.copy()  # of the logits: output - target
    gradient[label] -= 1.0
    for layer in reversed(range(len(weights))):
        w, b = weights[layer]
        before = w.T @ gradient
        weights[layer] = (w - RATE * np.outer(gradient, outputs[layer]), b - RATE * gradient)
        gradient = before * (outputs[layer] > 0)  # the slope of ReLU; not used before the first layer

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "training", "numpy_curve.txt")
with open(path, "w", encoding="ascii") as file:
    file.writelines(f"{loss!r}\n" for loss in (float(loss) for loss in losses))
print(f"first {losses[0]:.6f}, mean of the last 100 {np.mean(losses[-100:]):.6f}")
