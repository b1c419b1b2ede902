# SPDX-License-Identifier: MIT
"""Runs study.cpp's program over data sets of scikit-learn and MNIST, shallow and deep networks and several activations, and
writes one table: the mean score of each rule by which the first weights are drawn.
study.py PROGRAM [--seeds N] [--write FILE]"""
import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

from sklearn import datasets

MADE = {"random_state": 0}
DATA = {
    "wine": ("classify", lambda: datasets.load_wine(return_X_y=True)),
    "breast cancer": ("classify", lambda: datasets.load_breast_cancer(return_X_y=True)),
    "digits": ("classify", lambda: datasets.load_digits(return_X_y=True)),
    "two moons": ("classify", lambda: datasets.make_moons(1000, noise=0.2, **MADE)),
    "Hastie 10.2": ("classify", lambda: datasets.make_hastie_10_2(2000, **MADE)),
    "diabetes": ("regress", lambda: datasets.load_diabetes(return_X_y=True)),
    "Friedman 1": ("regress", lambda: datasets.make_friedman1(1000, noise=1, **MADE)),
    "Friedman 3": ("regress", lambda: datasets.make_friedman3(1000, noise=0.1, **MADE)),
    "digits, convolutions": ("convolve", lambda: datasets.load_digits(return_X_y=True)),
    "MNIST, 6,000": ("classify", None),
}
TASKS = [  # data, hidden layers, activation, epochs
    ("wine", 1, "relu", 100), ("wine", 3, "relu", 50), ("breast cancer", 1, "relu", 50), ("digits", 1, "relu", 50),
    ("digits", 2, "tanh", 30), ("digits", 2, "sigmoid", 30), ("digits", 2, "gelu", 30), ("digits", 5, "selu", 30),
    ("digits", 10, "relu", 30), ("digits", 20, "relu", 30), ("two moons", 1, "relu", 100), ("two moons", 3, "tanh", 50),
    ("Hastie 10.2", 1, "relu", 50), ("Hastie 10.2", 3, "relu", 50), ("diabetes", 1, "relu", 20),
    ("diabetes", 3, "relu", 20), ("Friedman 1", 1, "relu", 100), ("Friedman 1", 3, "relu", 50),
    ("Friedman 1", 10, "relu", 50), ("Friedman 3", 1, "relu", 100), ("Friedman 3", 2, "tanh", 50),
    ("digits, convolutions", 1, "relu", 10), ("digits, convolutions", 4, "relu", 10),
    ("MNIST, 6,000", 1, "relu", 5), ("MNIST, 6,000", 3, "relu", 5), ("MNIST, 6,000", 2, "sigmoid", 5),
]


def write(path, load):
    x, y = load()
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([f"x{i}" for i in range(x.shape[1])] + ["target"])
        rows.writerows(list(a) + [b] for a, b in zip(x, y))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--write")
    options = parser.parse_args()
    rows, behind = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for data, depth, activation, epochs in TASKS:
            kind, load = DATA[data]
            if load is None and "NN_MNIST_DIR" not in os.environ:
                print("left out: MNIST, for NN_MNIST_DIR is not set", file=sys.stderr)
                continue
            path = "mnist" if load is None else f"{folder}/data.csv"
            if load is not None:
                write(path, load)
            command = [options.program, path, kind, str(depth), activation, str(epochs), str(options.seeds)]
            printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            scores = {name: (float(mean), float(deviation))
                      for name, mean, deviation in (line.split("\t") for line in printed.splitlines())}
            best = max(scores.values())
            if not rows:
                rows += [["data", "network", *scores], ["---", "---", *("--:" for _ in scores)]]
            rows.append([data, f"{depth} x {activation}"] + [
                f"{'**' if mean == best[0] else ''}{mean:.4f}{'**' if mean == best[0] else ''}" for mean, _ in scores.values()])
            for name, (mean, _) in scores.items():
                behind.setdefault(name, []).append(best[0] - mean)
            print(" | ".join(rows[-1]), flush=True)
    rows.append(["", "mean distance to the best"] + [f"{sum(d) / len(d):.4f}" for d in behind.values()])
    rows.append(["", "largest distance to the best"] + [f"{max(d):.4f}" for d in behind.values()])
    head = f"""# Nine rules for the first weights

By `tests/benchmarks/initializers/run.sh`: mean accuracy, or R2 of regressions, on the fifth that was not learned from, over
{options.seeds} seeds, each with parts of its own; hidden layers of 64 units or 16 filters, Adam, batches of 32. `he, last 1` draws the
last layer with half of He's variance, `1/10` and `1/100` with a tenth and a hundredth of that. The best of a row is bold.

`he_normal` begins with outputs that are too large, which costs most where targets are numbers; PyTorch's rule is the best for
shallow networks, and hardly learns through twenty layers. The two of Glorot are near the best everywhere. `glorot_uniform`,
the default of Keras and scikit-learn, is that of `nn`.

"""
    text = head + "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"
    print(text)
    if options.write:
        pathlib.Path(options.write).write_text(text)


main()
