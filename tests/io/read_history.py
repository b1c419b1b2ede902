# SPDX-License-Identifier: MIT
"""Reads what HistoryLog wrote, as others do: read_history.py FOLDER, with history.csv, history.jsonl and expected.json,
lists by the columns' names. Python's csv and json modules read both files, and pandas does where it is installed.
"""
import csv
import json
import math
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
columns = ["epoch", "loss", "validation_loss", "validation_accuracy", "learning_rate", "seconds", "samples"]
expected = json.loads((folder / "expected.json").read_text())


def same(a, b):
    return a == b or math.isnan(a) and math.isnan(b)


def check(reader, table):
    assert list(table) == columns, f"{reader}: the columns are {list(table)}"
    for name, numbers in expected.items():
        numbers = [math.nan if number is None else number for number in numbers]
        assert len(table[name]) == len(numbers), f"{reader}: {name} has {len(table[name])} rows, not {len(numbers)}"
        assert all(map(same, table[name], numbers)), f"{reader}: {name} is {list(table[name])}, not {numbers}"


with open(folder / "history.csv", newline="") as file:
    rows = list(csv.DictReader(file))
check("csv", {name: [float(row[name] or "nan") for row in rows] for name in rows[0]})
rows = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
check("json", {name: [math.nan if row[name] is None else row[name] for row in rows] for name in rows[0]})

try:
    import pandas
except ImportError:
    sys.exit(0)
for reader, table in [("pandas.read_csv", pandas.read_csv(folder / "history.csv")),
                      ("pandas.read_json", pandas.read_json(folder / "history.jsonl", lines=True, precise_float=True))]:
    check(reader, {name: [float(number) for number in table[name].fillna(math.nan)] for name in table})
