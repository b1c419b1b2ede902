# SPDX-License-Identifier: MIT
"""Runs each program of programs.cpp beside scikit-learn's multilayer perceptron on the same files: the same layers,
Adam, batches and epochs, and what else either does by default. Writes one table.
references.py PROGRAM [--tasks A,B] [--seeds N] [--write FILE]"""
import argparse
import csv
import inspect
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 32


def read(path, labels=1):
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    x, y = table[:, :-labels], table[:, -labels:]
    return x, y[:, 0] if labels == 1 else y


def timed(model, x, y):
    start = time.perf_counter()
    model.fit(x, y)
    return time.perf_counter() - start


def classify(folder, epochs, seed):
    (x, y), (x_test, y_test) = read(folder + "/train.csv"), read(folder + "/test.csv")
    network = MLPClassifier((64,), batch_size=BATCH, max_iter=epochs, n_iter_no_change=epochs, random_state=seed)
    model = make_pipeline(StandardScaler(), network)
    seconds = timed(model, x, y)
    return model.score(x_test, y_test), seconds


def imbalanced(folder, epochs, seed):  # this perceptron knows no weights of classes: the rare class is drawn again
    (x, y), (x_test, y_test) = read(folder + "/train.csv"), read(folder + "/test.csv")
    counts = np.bincount(y.astype(int))
    rows = np.concatenate([np.random.RandomState(seed).choice(np.flatnonzero(y == c), counts.max()) for c in (0, 1)])
    network = MLPClassifier((64,), batch_size=BATCH, max_iter=epochs, n_iter_no_change=epochs, random_state=seed)
    model = make_pipeline(StandardScaler(), network)
    seconds = timed(model, x[rows], y[rows])
    return balanced_accuracy_score(y_test, model.predict(x_test)), seconds


def regress(folder, epochs, seed):
    (x, y), (x_test, y_test) = read(folder + "/train.csv"), read(folder + "/test.csv")
    network = MLPRegressor((64,), batch_size=BATCH, max_iter=epochs, n_iter_no_change=epochs, random_state=seed)
    model = TransformedTargetRegressor(make_pipeline(StandardScaler(), network), transformer=StandardScaler())
    seconds = timed(model, x, y)
    return model.score(x_test, y_test), seconds


def several_labels(folder, epochs, seed):
    (x, y), (x_test, y_test) = read(folder + "/train.csv", 5), read(folder + "/test.csv", 5)
    network = MLPClassifier((64,), batch_size=BATCH, max_iter=epochs, n_iter_no_change=epochs, random_state=seed)
    model = make_pipeline(StandardScaler(), network)
    seconds = timed(model, x, y)
    return model.score(x_test, y_test), seconds


def compress(folder, epochs, seed):
    (x, _), (x_test, _) = read(folder + "/train.csv"), read(folder + "/test.csv")
    model = MLPRegressor((8,), batch_size=BATCH, max_iter=epochs, n_iter_no_change=epochs, random_state=seed)
    seconds = timed(model, x / 16, x / 16)
    error, spread = model.predict(x_test / 16) - x_test / 16, x_test / 16 - (x_test / 16).mean(0)
    return 1 - (error**2).sum() / (spread**2).sum(), seconds


convolve = classify  # scikit-learn has no convolutions


def mnist(folder, epochs, seed):
    def images(name, skip):
        return np.fromfile(f"{folder}/{name}-ubyte", np.uint8)[skip:]
    x, x_test = (images(f"{part}-images-idx3", 16).reshape(-1, 784) / np.float32(255) for part in ("train", "t10k"))
    y, y_test = (images(f"{part}-labels-idx1", 8) for part in ("train", "t10k"))
    model = MLPClassifier((64,), batch_size=200, max_iter=epochs, n_iter_no_change=epochs, random_state=seed)
    seconds = timed(model, x, y)
    return model.score(x_test, y_test), seconds


def sine(samples=1500, window=16):
    random = np.random.RandomState(0)
    time_ = np.arange(samples + window)
    wave = np.sin(0.2 * time_) + 0.5 * np.sin(0.53 * time_) + 0.1 * random.normal(size=len(time_))
    return np.stack([wave[i:i + window] for i in range(samples)]), wave[window:]


MADE = {"random_state": 0}
TASKS = {  # the name: kind, epochs, samples and targets
    "iris": ("classify", 100, lambda: datasets.load_iris(return_X_y=True)),
    "wine": ("classify", 100, lambda: datasets.load_wine(return_X_y=True)),
    "breast cancer": ("classify", 50, lambda: datasets.load_breast_cancer(return_X_y=True)),
    "digits of 8x8": ("classify", 50, lambda: datasets.load_digits(return_X_y=True)),
    "digits, convolution": ("convolve", 20, lambda: datasets.load_digits(return_X_y=True)),
    "two moons": ("classify", 100, lambda: datasets.make_moons(1000, noise=0.2, **MADE)),
    "circles": ("classify", 100, lambda: datasets.make_circles(1000, noise=0.1, factor=0.5, **MADE)),
    "Hastie 10.2": ("classify", 50, lambda: datasets.make_hastie_10_2(2000, **MADE)),
    "quantiles, 4 classes": ("classify", 50, lambda: datasets.make_gaussian_quantiles(
        n_samples=2000, n_features=5, n_classes=4, **MADE)),
    "rare class, 5 %": ("imbalanced", 30, lambda: datasets.make_classification(
        3000, 20, n_informative=6, weights=[0.95], class_sep=1.5, **MADE)),
    "five labels": ("several_labels", 50, lambda: datasets.make_multilabel_classification(
        2000, 20, n_classes=5, **MADE)),
    "diabetes": ("regress", 20, lambda: datasets.load_diabetes(return_X_y=True)),
    "Friedman 1": ("regress", 100, lambda: datasets.make_friedman1(1000, noise=1, **MADE)),
    "Friedman 2": ("regress", 100, lambda: datasets.make_friedman2(1000, noise=50, **MADE)),
    "Friedman 3": ("regress", 100, lambda: datasets.make_friedman3(1000, noise=0.1, **MADE)),
    "swiss roll": ("regress", 100, lambda: datasets.make_swiss_roll(1000, noise=0.1, **MADE)),
    "next of a series": ("regress", 50, sine),
    "64 pixels as 8": ("compress", 50, lambda: datasets.load_digits(return_X_y=True)),
    "MNIST": ("mnist", 5, None),
}


def write_files(folder, x, y, is_of_classes, seed):
    parts = train_test_split(x, y, test_size=0.25, random_state=seed, stratify=y if is_of_classes else None)
    labels = ["target"] if y.ndim == 1 else [f"label {i}" for i in range(y.shape[1])]
    for name, xs, ys in (("train", parts[0], parts[2]), ("test", parts[1], parts[3])):
        with open(f"{folder}/{name}.csv", "w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([f"x{i}" for i in range(x.shape[1])] + labels)
            rows.writerows(list(a) + list(np.atleast_1d(b)) for a, b in zip(xs, ys))


def lines_of_cpp(kind):
    text = (HERE / "programs.cpp").read_text()
    return len(text.split(f"// begin {kind}\n")[1].split("\n// end")[0].splitlines())


def lines_of_python(kind):
    text = inspect.getsource(globals()[kind])
    helpers = [helper for helper in (read, timed) if helper.__name__ + "(" in text]
    return sum(len(inspect.getsource(one).splitlines()) for one in [globals()[kind], *helpers])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--tasks")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--write")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    table = [["task", "score", "nn", "scikit-learn", "nn, he_normal", "nn, s", "scikit-learn, s", "lines", "its lines"]]
    behind, behind_by_default = [], []
    for task in options.tasks.split(",") if options.tasks else TASKS:
        kind, epochs, load = TASKS[task]
        mnist_folder = os.environ.get("NN_MNIST_DIR")
        if load is None and not mnist_folder:
            print("left out: MNIST, for NN_MNIST_DIR is not set", file=sys.stderr)
            continue
        by_default, ours, theirs = [], [], []
        with tempfile.TemporaryDirectory() as folder:
            if load is None:
                folder = mnist_folder
            for seed in range(options.seeds):
                if load is not None:
                    x, y = load()
                    is_of_classes = kind in ("classify", "imbalanced", "convolve")
                    write_files(folder, x, y if kind == "regress" else y.astype(int), is_of_classes, seed)
                for runs, initializer in ((by_default, "he_normal"), (ours, "glorot_uniform")):
                    command = [options.program, kind, folder, str(epochs), str(seed), initializer]
                    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
                    runs.append([float(number) for number in printed.split()])
                theirs.append(globals()[kind](folder, epochs, seed))
        default_score, score, their_score = ([run[0] for run in runs] for runs in (by_default, ours, theirs))
        spread, their_mean = statistics.stdev(their_score), statistics.mean(their_score)
        for mean, names in ((statistics.mean(default_score), behind_by_default), (statistics.mean(score), behind)):
            if mean < their_mean - max(spread, 0.005):
                names.append(task)
        what = {"regress": "R2", "compress": "R2", "several_labels": "exact match",
                "imbalanced": "balanced accuracy"}.get(kind, "accuracy")
        table.append([task, what,
                      *(f"{statistics.mean(scores):.4f} ± {statistics.stdev(scores):.4f}"
                        for scores in (score, their_score, default_score)),
                      *(f"{statistics.median(run[1] for run in runs):.3f}" for runs in (ours, theirs)),
                      str(lines_of_cpp(kind)), str(lines_of_python(kind))])
        print(" | ".join(table[-1]), flush=True)
    head = f"""# {len(table) - 1} programs beside scikit-learn's

By `tests/benchmarks/programs/run.sh`: {options.seeds} seeds each, with parts of their own; mean and deviation of the score on the
quarter that was not learned from, median seconds of training, one thread. Reference: MLPClassifier and MLPRegressor of
scikit-learn {sklearn.__version__}, with the same layers, optimizer, batches and epochs; beside the convolution a perceptron, which
is all that it has. It draws its first weights as glorot_uniform does, and so does the column nn; nn's default is he_normal.
Lines are those of a whole program, from files to the score.

Behind by more than the reference's deviation, and more than 0.005: {", ".join(behind) or "none"}; with he_normal
{", ".join(behind_by_default) or "none"}.

"""
    rows = ["| " + " | ".join(row) + " |" for row in table]
    rows.insert(1, "|---|---|--:|--:|--:|--:|--:|--:|--:|")
    text = head + "\n".join(rows) + "\n"
    print(text)
    if options.write:
        pathlib.Path(options.write).write_text(text)
    sys.exit(1 if behind else 0)


main()
