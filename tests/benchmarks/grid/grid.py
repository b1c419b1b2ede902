#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Networks of many sizes in nn and libtorch, in turn, on one thread: how many times faster ours is, as a table.

    cmake --preset bench && cmake --build build/bench --target nn_benchmark_grid nn_benchmark_libtorch_grid
    tests/benchmarks/grid/grid.py build/bench/tests/benchmarks/nn_benchmark_{grid,libtorch_grid}
The second program may be another build of ours, to see what a change brought. NN_BENCHMARK_CORES=0,1 says which cores
to use, of which the last is taken.
"""
import argparse
import os
import pathlib
import statistics
import subprocess

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("programs", nargs=2, metavar="PROGRAM")
parser.add_argument("--repetitions", type=int, default=5)
parser.add_argument("--only", default="", help="cells with this in their names")
parser.add_argument("--write", type=pathlib.Path)
options = parser.parse_args()

core = os.environ.get("NN_BENCHMARK_CORES", "0").split(",")[-1]
os.sched_setaffinity(0, {int(core)})
environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
environment.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")  # an old OpenBLAS does not know a newer processor
for path in options.programs:
    libraries = subprocess.run(["ldd", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    blas = [line.split()[2] for line in libraries.splitlines() if "libblas.so" in line]
    if blas and "libopenblas" not in libraries:
        raise SystemExit(f"{path} would use {os.path.realpath(blas[0])}, which is not OpenBLAS; install libopenblas0-pthread")
contenders = [
    subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)
    for path in options.programs
]


def ask(contender, question):
    contender.stdin.write(f"{question}\n")
    answer = contender.stdout.readline().strip()
    if not answer:
        raise SystemExit(f"{contender.args[0]} gave no answer to {question}")
    return answer


lines = ["| Network | ms per training step | libtorch / nn | ms forward | libtorch / nn |", "|---|---|---|---|---|"]
print("\n".join(lines))
all_ratios = []
for number, name in enumerate(ask(contenders[0], "list").rstrip("|").split("|")):
    if options.only not in name:
        continue
    times = [[[float(t) for t in ask(c, number).split()] for c in contenders] for _ in range(options.repetitions)]
    cells = [name]
    for work in range(2):  # training step, forward
        ratio = statistics.median(theirs[work] / ours[work] for ours, theirs in times)
        all_ratios.append(ratio)
        time = 1e3 * statistics.median(ours[work] for ours, theirs in times)
        cells += [f"{time:.3g}", f"{ratio:.2f}" if ratio >= 1 else f"**{ratio:.2f}**"]
    lines.append(f"| {' | '.join(cells)} |")
    print(lines[-1], flush=True)
print(f"median {statistics.median(all_ratios):.2f}, lowest {min(all_ratios):.2f}")
if options.write:
    models = [line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    options.write.write_text("# Networks of many sizes, against libtorch\n\nWritten by `grid.py`: one thread, medians of "
                             f"{options.repetitions} interleaved repetitions; bold where libtorch is faster. "
                             f"Processor: {models[0] if models else 'unknown'}.\n\n" + "\n".join(lines) + "\n")
