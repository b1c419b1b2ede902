# SPDX-License-Identifier: MIT
# measure.hpp once more, for the contenders in Python.
import os
import sys
import time

import numpy as np


class Work:
    def __init__(self, name, size):
        name = name.split("-")[0]
        self.is_tiny = name == "W3t"
        self.is_dense = name == "W2d"
        self.is_memory = name == "memory"
        self.widths = [8, 16, 16, 4] if self.is_tiny else [784, 256, 128, 64, 10]
        self.optimizer, self.learning_rate, self.batch_size, self.samples = {
            "W1": ("sgd", 1e-3, 1, 10000),
            "W2": ("sgd", 1e-2, 64, 60000),
            "W2d": ("sgd", 1e-2, 64, 60000),
            "memory": ("sgd", 1e-2, 64, 60000),
            "W2b": ("adam", 1e-3, 256, 60000),
            "W3": (None, 0, 1, 256),
            "W3t": (None, 0, 1, 256),
            "W4": (None, 0, 256, 10000),
        }[name]
        if self.samples > 256:
            self.samples = max(self.batch_size, 1, int(self.samples * size))

    def value(self, seconds):
        if self.is_tiny:
            return seconds / self.samples * 1e9, "ns"
        if self.batch_size == 1:
            return seconds / self.samples * 1e6, "us"
        return (seconds, "s") if self.optimizer else (seconds * 1e3, "ms")


def read_mnist(part, count, is_dense):
    start = os.path.join(os.environ["NN_MNIST_DIR"], part)
    pixels = np.fromfile(start + "-images-idx3-ubyte", np.uint8, count * 784, offset=16).astype(np.float32)
    pixels /= np.float32(255)
    if is_dense:
        noise = np.arange(count * 784, dtype=np.uint32) * np.uint32(2654435769)
        pixels *= np.float32(0.79)
        pixels += np.float32(0.01)
        pixels += np.float32(0.2 / 2**24) * (noise >> np.uint32(8)).astype(np.float32)
    labels = np.fromfile(start + "-labels-idx1-ubyte", np.uint8, count, offset=8).astype(np.int64)
    return pixels.reshape(count, 784), labels


def read_weights(name, widths):
    numbers = np.fromfile(os.path.join(os.environ["NN_BENCHMARK_WEIGHTS"], name), np.float32)
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        W, b, numbers = np.split(numbers, [inputs * outputs, inputs * outputs + outputs])
        layers.append((W.reshape(outputs, inputs).copy(), b.copy()))
    return layers


def peak_megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def run(name, make_contender):
    """A contender has start(weights), train(x, labels), one pass in their order, and forward(x); samples are rows."""
    workload = sys.argv[1]
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    size = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
    work = Work(workload, size)
    contender = make_contender(work)
    if work.is_tiny:
        x = ((np.arange(8 * work.samples) * 37 % 101) / np.float32(50) - np.float32(1)).astype(np.float32).reshape(-1, 8)
        labels = np.zeros(work.samples, np.int64)
    else:
        x, labels = read_mnist("train" if work.optimizer else "t10k", work.samples, work.is_dense)
    weights = read_weights("tiny" if work.is_tiny else "start" if work.optimizer else "trained", work.widths)
    batches = [x[i : i + work.batch_size] for i in range(0, work.samples, work.batch_size)]
    warm_up = min(work.samples, 200 if work.batch_size == 1 else 10 * work.batch_size)

    for _ in range(repetitions):
        contender.start(weights)
        if work.optimizer:
            contender.train(x[:warm_up], labels[:warm_up])
            contender.start(weights)
            begin = time.perf_counter()
            contender.train(x, labels)
            seconds = time.perf_counter() - begin
        else:
            for inputs in batches:
                contender.forward(inputs)
            rounds, seconds = 0, 0.0
            while rounds == 0 or seconds < 0.4 * size:
                begin = time.perf_counter()
                for inputs in batches:
                    contender.forward(inputs)
                seconds += time.perf_counter() - begin
                rounds += 1
            seconds /= rounds

        if work.is_tiny:
            check = "mean", float(np.mean([contender.forward(inputs) for inputs in batches]))
        else:
            test, answers = read_mnist("t10k", 10000, work.is_dense)
            check = "accuracy", float(np.mean(np.argmax(contender.forward(test), axis=1) == answers))
        value, unit = (peak_megabytes(), "MB") if work.is_memory else work.value(seconds)
        print(f"workload {workload} contender {name} value {value:.6g} unit {unit} {check[0]} {check[1]:.5f}", flush=True)
