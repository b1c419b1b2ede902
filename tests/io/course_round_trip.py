# SPDX-License-Identifier: MIT
"""The course's program and this library read each other's files.

  course_round_trip.py check FOLDER         FOLDER/params.json, saved by the library, is loaded as the course's program
                                            loads it and must predict what FOLDER/predictions.json says, to 1e-6
  course_round_trip.py check FOLDER COURSE  the same with the course's own program, nn.py in the folder COURSE, which
                                            must also be able to go on training
  course_round_trip.py make COURSE          writes the fixture course_params.json and course_predictions.json

Exit status 77: NumPy is missing, so nothing was checked.
"""
import json
import pathlib
import sys

try:
    import numpy as np
except ImportError:
    print("NumPy is not installed")
    sys.exit(77)

here = pathlib.Path(__file__).resolve().parent


def course_network(folder, layers):
    sys.path.insert(0, str(folder))
    from act import drelu, relu
    from nn import NeuralNetwork
    return NeuralNetwork(layers=layers, activation_function=relu, dactivation_function=drelu)


def softmax(x):
    exp_x = np.exp(x - np.max(x))
    return exp_x / np.sum(exp_x)


def predict(W, B, x):
    for i in range(1, len(W)):
        z = np.dot(W[i], x) + B[i]
        x = softmax(z) if i == len(W) - 1 else np.maximum(0, z)
    return x


def make(course):
    np.random.seed(1)
    network = course_network(course, [5, 4, 3])
    inputs = np.random.randn(20, 5)
    for x, label in zip(inputs, np.random.randint(0, 3, 20)):
        network.fit(x, np.eye(3)[label])
    network.save_params(here / "course_params.json")
    predictions = [list(network.forward(x)) for x in inputs]
    with open(here / "course_predictions.json", "w") as file:
        json.dump({"inputs": inputs.tolist(), "predictions": predictions}, file, indent=0)


def check(folder, course=None):
    with open(folder / "params.json") as file:
        params = json.load(file)
    W, B = [np.asarray(w) for w in params["W"]], [np.asarray(b) for b in params["B"]]
    assert all(array.dtype == np.float64 for array in W + B), "an array of integers cannot be trained on"
    with open(folder / "predictions.json") as file:
        expected = json.load(file)
    inputs, predictions = np.asarray(expected["inputs"]), np.asarray(expected["predictions"])
    assert len(inputs) > 0
    worst = max(np.abs(predict(W, B, x) - y).max() for x, y in zip(inputs, predictions))
    if course is not None:
        network = course_network(course, [len(W[0])] + [len(b) for b in B[1:]])
        network.load_params(folder / "params.json")
        worst = max(worst, max(np.abs(network.forward(x) - y).max() for x, y in zip(inputs, predictions)))
        network.fit(inputs[0], predictions[0])
    print(f"{len(inputs)} predictions, largest difference {worst}")
    assert worst <= 1e-6


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:]))
