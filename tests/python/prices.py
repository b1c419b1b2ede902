# SPDX-License-Identifier: MIT
"""scikit-learn's MLPRegressor, with its defaults and scaled inputs and targets, on the houses of examples/prices.cpp and
in the same parts: its R^2 for several seeds, and whether the example's is within 0.02 of the mean.
python3 prices.py EXAMPLE"""
import csv
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import r2_score
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError:
    print("left out: the prices of scikit-learn's MLPRegressor: python3-sklearn is not installed")
    sys.exit(0)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "prices.csv")
    report = subprocess.run([sys.argv[1], path], stdout=subprocess.PIPE, text=True, check=False).stdout
    with open(path) as file:
        rows = list(csv.reader(file))[1:]
numbers = np.array([row[:-1] for row in rows], dtype=float)
trains = np.array([row[-1] == "train" for row in rows])
x, prices = numbers[:, :-1], numbers[:, -1]

warnings.simplefilter("ignore", ConvergenceWarning)
scores = []
for seed in range(3):
    network = make_pipeline(StandardScaler(), MLPRegressor(random_state=seed))
    model = TransformedTargetRegressor(network, transformer=StandardScaler()).fit(x[trains], prices[trains])
    scores.append(r2_score(prices[~trains], model.predict(x[~trains])))
ours = float(next(line for line in report.splitlines() if line.startswith("R^2")).split()[1])
print("MLPRegressor: R^2", " ".join("%.4f" % score for score in scores), "- the example: %.4f" % ours)
sys.exit(0 if abs(ours - np.mean(scores)) <= 0.02 else 1)
