# SPDX-License-Identifier: MIT
# NumPy, float32: samples are rows, one matrix product per layer and direction.
import numpy as np

import measure


class Contender:
    def __init__(self, work):
        self.work = work
        self.activation = np.tanh if work.is_tiny else lambda z: np.maximum(z, 0)

    def start(self, weights):
        self.W = [W.copy() for W, _ in weights]
        self.b = [b.copy() for _, b in weights]
        self.memory = [[np.zeros_like(p), np.zeros_like(p)] for p in self.W + self.b]
        self.steps = 0

    def forward(self, x):
        self.outputs = [x]
        for W, b in zip(self.W[:-1], self.b[:-1]):
            self.outputs.append(self.activation(self.outputs[-1] @ W.T + b))
        y = self.outputs[-1] @ self.W[-1].T + self.b[-1]
        if self.work.is_tiny:
            return y
        y = np.exp(y - y.max(axis=1, keepdims=True))
        return y / y.sum(axis=1, keepdims=True)

    def train(self, x, labels):
        for i in range(0, len(x), self.work.batch_size):
            self.step(x[i : i + self.work.batch_size], labels[i : i + self.work.batch_size])

    def step(self, x, labels):
        delta = self.forward(x)
        delta[np.arange(len(labels)), labels] -= 1
        delta /= np.float32(len(labels))
        W_gradients, b_gradients = [], []
        for W, output in zip(self.W[::-1], self.outputs[::-1]):
            W_gradients.insert(0, delta.T @ output)
            b_gradients.insert(0, delta.sum(axis=0))
            if len(W_gradients) < len(self.W):
                delta = (delta @ W) * (output > 0)
        self.steps += 1
        for parameters, gradient, memory in zip(self.W + self.b, W_gradients + b_gradients, self.memory):
            if self.work.optimizer == "adam":
                self.adam(parameters, gradient, *memory)
            else:
                parameters -= np.float32(self.work.learning_rate) * gradient

    def adam(self, parameters, gradient, mean, square):
        mean *= np.float32(0.9)
        mean += np.float32(0.1) * gradient
        square *= np.float32(0.999)
        square += np.float32(0.001) * gradient * gradient
        rate = np.float32(self.work.learning_rate / (1 - 0.9**self.steps))
        parameters -= rate * mean / (np.sqrt(square / np.float32(1 - 0.999**self.steps)) + np.float32(1e-8))


measure.run("numpy-float32", Contender)
