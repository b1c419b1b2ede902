#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every contender in turn, again and again, and writes the table. tests/benchmarks/run.sh builds what it runs.

A contender is a program that is given a work, 1 repetition and a size, and prints
    workload W1 contender nn value 12.3 unit us accuracy 0.8978
It leaves with status 77 and a sentence where it cannot do a work yet.
"""
import argparse
import glob
import json
import os
import pathlib
import platform
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

WORKS = {  # and the accuracy that shows that a contender learned; None: nothing is learned, all do the same sum
    "W1": ("one update per sample (SGD 1e-3), 10,000 samples, per sample", 0.8),
    "W2": ("mini-batches of 64, SGD 1e-2, one epoch of 60,000", 0.85),
    "W2d": ("as W2, under noise so that no input is zero", 0.8),
    "W2b": ("mini-batches of 256, Adam 1e-3, one epoch of 60,000", 0.92),
    "W3": ("one sample forward", 0.85),
    "W3t": ("one sample forward, 8-16-16-4, tanh", None),
    "W4": ("10,000 samples forward in batches of 256", 0.85),
    "W5": ("LeNet-5 in mini-batches of 64, SGD 1e-2, one epoch of 60,000", 0.9),
    "W5f": ("LeNet-5, one image forward", None),
    "lstm-64": ("LSTM 28-64, Dense 10 at the last of 28 steps, batches of 64, Adam: one training step", None),
    "lstm-64-b1": ("the same, one sequence", None),
    "lstm-128": ("as lstm-64 with 128 units", None),
    "lstm-128-b1": ("the same, one sequence", None),
    "lstm-32": ("as lstm-64 with 32 units, 1 feature and 100 steps", None),
    "lstm-32-b1": ("the same, one sequence", None),
    "gru-64": ("as lstm-64 with a GRU", None),
    "gru-64-b1": ("the same, one sequence", None),
    "transformer": ("a block of 64 channels, 4 heads, 256 hidden units, 64 steps, batches of 32, Adam: one training step", None),
    "lstm-64-2t": ("lstm-64 on two threads", None),
    **{f"step-{layer}-{units}": (f"one step of {layer.upper()} 1-{units} and Dense 1, sizes in the types", None)
       for layer in ("lstm", "gru") for units in (8, 16, 20, 24, 32, 40, 64)},
    "W2-2t": ("W2 on two threads", 0.85),
    "W2b-2t": ("W2b on two threads", 0.92),
    "W4-2t": ("W4 on two threads; ours by evaluate, which also works out the loss", 0.85),
    "W5-2t": ("W5 on two threads", 0.9),
    "memory": ("peak of a process that trains for one epoch of W2 and tests", 0.85),
    "course": ("the course's whole program: 3 epochs of 50,000 updates, then the test; its own draws other weights every time", 0.5),
    "compile": ("compiling the program of W1 at -O2, and the compiler's memory; nn-front-door through nn/network.hpp", None),
    "products": ("what the machine allows for W2d: its matrix products alone", None),
    "multiply-adds": ("as many multiplications and additions on registers alone, what no product can be faster than", None),
    "stream": ("what the machine allows for W1: reading and writing the touched weights", None),
}

# Faster than whom, how many times at least, and how many times we aim at. A contender with a number is one of
# not_packaged.md with its ratio to libtorch there.
TARGETS = [
    ("W1", "libtorch", 30, 60), ("W1", ("KANN with OpenBLAS", 76.0 / 226), 8, None), ("W1", "plain-eigen", 2.4, None),
    ("W1", "read-and-write", 1 / 2, None),
    ("W2", "libtorch", 1.8, 3.5), ("W2", "numpy-float32", 1.5, None), ("W2", "plain-eigen", 1.2, None),
    ("W2b", "libtorch", 1.5, 2.5), ("W2b", "the fastest other", 1.3, None),
    ("W2d", "libtorch", 1.6, 2), ("W2d", "plain-eigen", 1.1, None), ("W2d", "eigen-product", 1 / 1.3, None),
    ("W3", "libtorch", 9, 15), ("W3", ("RTNeural", 9.94 / 24.6), 2.4, None),
    ("W3t", "libtorch", 250, 450), ("W3t", ("RTNeural", 63.2 / 9590), 1.5, None),
    ("W4", "libtorch", 1.6, 3), ("W4", "onednn", 1.1, None),
    ("W5", "libtorch", 2, 4), ("W5f", "libtorch", 5, None), ("W5-2t", "nn-one-thread", 1.7, None),
    ("W2-2t", "libtorch", 1.8, 3), ("W4-2t", "libtorch", 1.5, 3), ("W2b-2t", "nn-one-thread", 1.7, None),
    ("lstm-64", "libtorch", 1.8, 3), ("lstm-32", "libtorch", 1.5, 2.5), ("gru-64", "libtorch", 1.5, 2.5),
    ("lstm-128", "libtorch", 1.5, 2.5), ("lstm-64-b1", "libtorch", 10, 30), ("lstm-32-b1", "libtorch", 10, 30),
    ("gru-64-b1", "libtorch", 10, 30), ("lstm-128-b1", "libtorch", 10, 30), ("transformer", "libtorch", 1.2, 2),
    ("lstm-64-2t", "nn-one-thread", 1.6, 1.9),
    ("memory", "libtorch", 4, 6), ("course", "course-numpy", 50, 100),
    ("compile", "libtorch", 3, None), ("compile", "plain-eigen", 1 / 1.5, None),
]  # fmt: skip
YARDSTICKS = {"eigen-product": ("products", "eigen-product"), "read-and-write": ("stream", "read-and-write")}


class Contenders:
    """Who does which work, and with which command and environment."""

    def __init__(self, build, core_type):
        program = lambda name: [str(build / "tests" / "benchmarks" / f"nn_benchmark_{name}")]
        script = lambda name: [sys.executable, str(HERE / "peers" / f"{name}.py")]
        ours = {"W1": "per_sample_sgd", "W2": "mini_batch_sgd", "W2d": "mini_batch_sgd", "W2b": "adam", "W3": "inference",
                "W3t": "tiny_network", "W4": "inference", "W5": "lenet", "W5f": "lenet", "W2-2t": "mini_batch_sgd", "W2b-2t": "adam", "W4-2t": "evaluate",
                "W5-2t": "lenet",
                "memory": "whole_training", "course": "whole_training"}  # fmt: skip
        sequences = [work for work in WORKS if work.startswith(("lstm-", "gru-", "transformer"))]
        ours |= {work: "sequences" for work in sequences}
        ours |= {work: "recurrent_steps" for work in WORKS if work.startswith("step-")}
        training, inference = ["W1", "W2", "W2d", "W2b"], ["W3", "W3t", "W4"]
        self.commands = {}  # (work, contender) -> command, environment
        self.core_type = core_type

        for work, name in ours.items():
            self.add("nn", program(name), [work])
            if work in training + inference:
                self.add("nn-portable", program(name + "_portable"), [work])
            if work in training + inference + ["W5"]:
                self.add("nn-dispatched", program(name + "_dispatched"), [work])
            if work in ["W2b-2t", "W5-2t", "lstm-64-2t"]:  # straight after, since the machine is another some minutes later
                self.add("nn-one-thread", program(name), [work])
        self.add("plain-eigen", program("plain_eigen"), training + inference + ["memory"])
        self.add("plain-eigen-portable", program("plain_eigen_portable"), training + inference)
        self.add("libtorch", program("libtorch"), training + inference + ["memory"])
        self.add("libtorch", program("libtorch_lenet"), ["W5", "W5f"])
        self.add("libtorch", program("libtorch_sequences"), [work for work in sequences if not work.endswith("-2t")])
        self.add("libtorch-no-grad", program("libtorch"), inference, NN_BENCHMARK_NO_GRAD="1")
        self.add("dlib", program("dlib"), training + inference + ["memory"])
        self.add("fann-sigmoid", program("fann"), ["W1"] + inference)
        self.add("onednn", program("onednn"), inference)
        self.add("numpy-float32", script("numpy_float32"), training + inference + ["memory"], python="numpy")
        self.add("scikit-learn", script("scikit_learn"), training + ["W3", "W4", "memory"], python="sklearn")

        two = ["W2-2t", "W2b-2t", "W4-2t"]
        openmp = glob.glob("/usr/lib/*/openblas-openmp")
        self.add("plain-eigen", program("plain_eigen_openmp"), two, OMP_NUM_THREADS="2")
        # Two pools of threads fight for two cores (OpenMP for libtorch, pthreads for its BLAS), so one of them at a time.
        self.add("libtorch-pthread-blas", program("libtorch"), two, OPENBLAS_NUM_THREADS="2")
        if openmp:
            self.add("libtorch-openmp-blas", program("libtorch"), two, OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2",
                     LD_LIBRARY_PATH=openmp[0])  # fmt: skip
        self.add("libtorch-openmp", program("libtorch_lenet"), ["W5-2t"], OMP_NUM_THREADS="2")
        self.add("dlib", program("dlib"), two, OPENBLAS_NUM_THREADS="2")
        self.add("onednn", program("onednn"), ["W4-2t"], OMP_NUM_THREADS="2")
        self.add("numpy-float32", script("numpy_float32"), two, python="numpy", OPENBLAS_NUM_THREADS="2")
        self.add("scikit-learn", script("scikit_learn"), two, python="sklearn", OPENBLAS_NUM_THREADS="2")

        self.add("eigen-product", program("machine"), ["products"])
        self.add("registers-alone", program("machine"), ["multiply-adds"])
        self.add("read-and-write", program("machine"), ["stream"])
        if os.environ.get("NN_COURSE_DIR"):
            main = pathlib.Path(os.environ["NN_COURSE_DIR"]).resolve() / "main.py"
            self.add("course-numpy", [sys.executable, str(main)], ["course"], python="numpy")

        for name, command in compile_commands(build).items():
            self.add(name, command, ["compile"])

    def add(self, contender, command, works, python=None, **environment):
        if python and subprocess.run([sys.executable, "-c", f"import {python}"], capture_output=True).returncode:
            return
        if command[0] != sys.executable and not shutil.which(command[0]):
            return
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        if self.core_type:
            one_thread["OPENBLAS_CORETYPE"] = self.core_type
        for work in works:
            self.commands[work, contender] = command, one_thread | environment


def compile_commands(build):
    """The commands that compile W1 alone, at -O2 and for no processor in particular."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        target = next((word for word in entry["command"].split() if "nn_compile_" in word and word.endswith(".o")), None)
        if target:
            name = target.split("nn_compile_")[1].split(".dir")[0].replace("_", "-")
            words = [word for word in shlex.split(entry["command"]) if word != "-march=native"]
            words = ["-O2" if word == "-O3" else os.devnull if word == target else word for word in words]
            commands[name] = words[1:] if "ccache" in words[0] else words
    return commands


def cost_command(script, build, repetitions):
    """The script, the compiler, and where Eigen and nlohmann_json are, as the build has them."""
    words = compile_commands(build)["nn"]
    includes = [word for word in words if word.startswith("-I")]
    includes += [part for i, word in enumerate(words) if word == "-isystem" for part in words[i : i + 2]]
    return [str(HERE / script), str(repetitions), words[0], *includes]


def cores():
    allowed = sorted(os.sched_getaffinity(0))
    given = os.environ.get("NN_BENCHMARK_CORES")
    return [int(core) for core in given.split(",")] if given else allowed[-2:]


def run(work, contender, command, environment, size):
    """(value, unit, check), or a sentence that says why not."""
    if contender == "nn-one-thread":
        work = work.removesuffix("-2t")
    pinned = cores() if work.endswith("-2t") else cores()[-1:]
    if work == "compile":
        arguments = command
    elif contender == "course-numpy":
        arguments = command + [str(max(64, int(50000 * size)))]
    else:
        arguments = command + [work, "1", str(size)]
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "errors"), "w+") as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder, env=os.environ | environment,
            preexec_fn=lambda: os.sched_setaffinity(0, pinned))  # fmt: skip
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        if process.returncode:
            errors.seek(0)
            sentence = (errors.read().strip().splitlines() or [f"left with status {process.returncode}"])[-1]
            return ("left out: " if process.returncode == 77 else "FAILED: ") + sentence
    if work == "compile":
        return usage.ru_utime + usage.ru_stime, "s", ("MB", usage.ru_maxrss / 1024)
    if contender == "course-numpy":
        accuracy = float(output.rsplit("Accuracy:", 1)[1].split()[0])
        return seconds, "s", ("accuracy", accuracy)
    words = output.strip().splitlines()[-1].split()
    line = dict(zip(words[::2], words[1::2]))
    value = seconds if work == "course" else float(line["value"])
    return value, line["unit"], (words[8], float(words[9]))


def best_core_type():
    """OpenBLAS does not know every processor; the fastest of its kernels for our shapes, or None for its
    own choice. OPENBLAS_CORETYPE, where it is set, decides."""
    if os.environ.get("OPENBLAS_CORETYPE"):
        return os.environ["OPENBLAS_CORETYPE"]
    program = (
        "import numpy, time\n"
        "a, b = numpy.ones((64, 784), 'f'), numpy.ones((784, 256), 'f')\n"
        "a @ b\n"
        "def one():\n"
        "    begin = time.perf_counter(); a @ b; return time.perf_counter() - begin\n"
        "print(min(one() for _ in range(200)))\n"
    )
    times = {}
    for _ in range(5):
        for name in ["", "SKYLAKEX", "HASWELL", "ZEN"]:
            environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"} | ({"OPENBLAS_CORETYPE": name} if name else {})
            done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
            if done.returncode == 0:
                times[name] = min(times.get(name, 1e9), float(done.stdout))
    if not times:
        return None
    best = min(times, key=times.get)
    return best if times[best] < 0.9 * times.get("", 1e9) else None  # less is noise


def values(results, work, contender):
    return [r[0] if isinstance(r, tuple) else None for r in results.get((work, contender), [])]


def median_of(numbers):
    numbers = [number for number in numbers if number is not None]
    return statistics.median(numbers) if numbers else None


def ratio(results, over, under):
    """The median of the ratios within each repetition."""
    pairs = zip(values(results, *over), values(results, *under))
    return median_of([a / b for a, b in pairs if a is not None and b is not None])


def contenders_of(results, work):
    found = [contender for other, contender in results if other == work]
    return sorted(found, key=lambda contender: median_of(values(results, work, contender)) or 1e99)


def libtorch_of(results, work):
    """The fastest way to set up libtorch is what counts."""
    return next((name for name in contenders_of(results, work) if name.startswith("libtorch")), "libtorch")


def number(value):
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def main_table(results):
    lines = ["| Work | Contender | Median | Lowest to highest | Ratio to libtorch | Check |", "|---|---|---|---|---|---|"]
    problems = []
    for work, (_, least_accuracy) in WORKS.items():
        for contender in contenders_of(results, work):
            runs = results[work, contender]
            good = [r for r in runs if isinstance(r, tuple)]
            for r in runs:
                if not isinstance(r, tuple) and not r.startswith("left out"):
                    problems.append(f"{contender} in {work}: {r}")
            if not good:
                lines.append(f"| {work} | {contender} | {runs[0]} | | | |")
                continue
            times, unit = [r[0] for r in good], good[0][1]
            to_libtorch = ratio(results, (work, contender), (work, libtorch_of(results, work)))
            check = good[-1][2]
            if check[0] == "accuracy" and least_accuracy and contender != "fann-sigmoid":
                for accuracy in (r[2][1] for r in good):
                    if accuracy < least_accuracy:
                        problems.append(f"{contender} in {work}: accuracy {accuracy:.4f} is below {least_accuracy}")
            if contender == "fann-sigmoid" and work in ("W3", "W4"):
                check = "sigmoids with weights for ReLU: only the time counts; accuracy", check[1]
            lines.append(
                f"| {work} | {contender} | {number(statistics.median(times))} {unit} "
                f"| {number(min(times))} to {number(max(times))} "
                f"| {'' if to_libtorch is None else f'{to_libtorch:.3g}'} | {check[0]} {check[1]:.5g} |")  # fmt: skip
    return lines, problems


def target_table(results):
    lines = ["| Work | Ours is faster than | Times | At least | Aim | |", "|---|---|---|---|---|---|"]
    for work, other, least, aim in TARGETS:
        if not results.get((work, "nn")):
            continue
        if isinstance(other, tuple):
            name, share = f"{other[0]} (by its quoted ratio)", other[1]
            times = ratio(results, (work, libtorch_of(results, work)), (work, "nn"))
            times = times and times * share
        else:
            name = other
            if other == "libtorch":
                name = libtorch_of(results, work)
            elif other == "the fastest other":
                others = [c for c in contenders_of(results, work) if not c.startswith(("nn", "libtorch", "plain"))]
                name = others[0] if others else other
            yardstick = YARDSTICKS.get(other, (work, name))
            times = ratio(results, yardstick, (work, "nn"))
        if times is None:
            verdict, shown = "not measured", ""
        else:
            shown = f"{times:.2f}"
            verdict = "below" if times < least else "aim reached" if aim and times >= aim else "holds"
        lines.append(f"| {work} | {name} | {shown} | {least:.3g} | {aim or ''} | {verdict} |")
    return lines


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()[0]
    except (OSError, IndexError):
        return "unknown"


def about(build, core_type, arguments):
    cache = dict(line.split("=", 1) for line in (build / "CMakeCache.txt").read_text().splitlines() if "=" in line)
    compiler = next((value for key, value in cache.items() if key.startswith("CMAKE_CXX_COMPILER:")), "c++")
    flags = " ".join(cache.get(key, "") for key in ("CMAKE_CXX_FLAGS:STRING", "CMAKE_CXX_FLAGS_RELEASE:STRING"))
    processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    packages = ["libeigen3-dev", "libtorch-dev", "libdlib-dev", "libfann-dev", "libdnnl-dev", "python3-numpy",
                "python3-sklearn", "libopenblas0-pthread"]  # fmt: skip
    query = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n"] + packages
    versions = subprocess.run(query, capture_output=True, text=True).stdout.split("\n") if shutil.which(query[0]) else []
    caches = subprocess.run(["getconf", "-a"], capture_output=True, text=True).stdout.splitlines()
    sizes = dict(line.split(None, 1) for line in caches if line.startswith("LEVEL") and "CACHE_SIZE" in line and len(line.split()) > 1)
    level = lambda name: f"{int(sizes.get(name, 0)) // 1024} KB"
    return [
        f"- Date: {first_line('date', '-u')}; commit {first_line('git', '-C', str(HERE), 'rev-parse', '--short', 'HEAD')}",
        f"- Machine: {processor}, {os.cpu_count()} cores ({platform.machine()}), first-level cache {level('LEVEL1_DCACHE_SIZE')}, "
        f"second {level('LEVEL2_CACHE_SIZE')}, third {level('LEVEL3_CACHE_SIZE')}; load before the start "
        f"{arguments.load:.2f}",
        f"- Compiler: {first_line(compiler, '--version')}, flags `{flags.strip()}`; what is called portable or dispatched with "
        "`-march=x86-64`, dispatched with nn::dispatch",
        f"- BLAS core type: {core_type or 'as OpenBLAS detects it, which was the fastest'}; one thread, pinned to core "
        f"{cores()[-1]}; two threads on cores {', '.join(map(str, cores()))}",
        f"- Packages: {', '.join(version for version in versions if version) or 'unknown'}",
        f"- {arguments.repetitions} interleaved repetitions" + (f", size {arguments.size}: these times mean nothing" if arguments.size < 1 else ""),
    ]  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--contenders", default="")
    parser.add_argument("--repetitions", type=int)
    arguments = parser.parse_args()
    arguments.size = 0.01 if arguments.quick else 1.0
    arguments.repetitions = arguments.repetitions or (1 if arguments.quick else 5)
    arguments.load = os.getloadavg()[0]
    build = arguments.build.resolve()

    weights = build / "benchmark_weights"
    weights.mkdir(exist_ok=True)
    os.environ["NN_BENCHMARK_WEIGHTS"] = str(weights)
    binary = build / "tests" / "benchmarks"
    subprocess.run([binary / "nn_benchmark_weights", weights, "1"], check=True)

    core_type = None if arguments.quick else best_core_type()
    commands = Contenders(build, core_type).commands
    works = arguments.only.split(",") if arguments.only else list(WORKS)
    chosen = arguments.contenders.split(",") if arguments.contenders else None
    if arguments.quick:  # what takes long to compile has been compiled
        commands = {key: command for key, command in commands.items() if key[0] != "compile" or key[1] in ("nn", "plain-eigen")}
    plan = [key for work in works for key in commands if key[0] == work and (not chosen or key[1] in chosen)]
    results = {key: [] for key in plan}
    for repetition in range(arguments.repetitions):
        for work, contender in plan:
            if results[work, contender] and isinstance(results[work, contender][0], str):
                continue  # it will not do better the second time
            result = run(work, contender, *commands[work, contender], arguments.size)
            results[work, contender].append(result)
            shown = result if isinstance(result, str) else f"{number(result[0])} {result[1]}  {result[2][0]} {result[2][1]:.5g}"
            print(f"{repetition + 1}/{arguments.repetitions}  {work:8} {contender:22} {shown}", flush=True)
    others = {}  # programs that print tables of their own
    if not arguments.only:
        pinned = ["taskset", "-c", str(cores()[-1])] if shutil.which("taskset") else []
        programs = {
            "kernels": [str(binary / "nn_benchmark_kernels"), str(arguments.size)],
            "doctor": [str(binary / "nn_benchmark_doctor"), "doctor", "1", str(arguments.size)],
            "include cost": cost_command("include_cost.sh", build, arguments.repetitions),
        }
        if not arguments.quick and pathlib.Path("/usr/bin/time").exists():
            programs["compiled cost"] = cost_command("compiled_cost.sh", build, arguments.repetitions)
        for name, words in programs.items():
            print(f"{name.capitalize()} ...", flush=True)
            command = pinned + words
            others[name] = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip()

    table, problems = main_table(results)
    if arguments.size < 1:  # nobody learns from so few samples
        problems = [problem for problem in problems if "accuracy" not in problem]
    text = ["# How fast is nn?", "", "Written by `tests/benchmarks/run.sh`.", ""] + about(build, core_type, arguments)
    text += ["", "784-256-128-64-10, ReLU, softmax and cross entropy, float, real MNIST, where nothing else is said. All contenders",
             "begin with the same weights and see the same samples in the same order, so their accuracies must agree (in W5 and `course`",
             "each has weights of its own, and ours shuffles in `memory`); `mean` is the mean output. FANN has sigmoids and squared errors. A ratio is the median of the ratios within each repetition, below 1",
             "is faster than libtorch; of several ways to set libtorch up the fastest counts.", ""]  # fmt: skip
    text += [f"- {work}: {meaning}" for work, (meaning, _) in WORKS.items() if work in works]
    text += [""] + table
    if not arguments.quick:
        text += ["", "## Goals", ""] + target_table(results)
    text += ["", (HERE / "limits.md").read_text().strip(), "", (HERE / "not_packaged.md").read_text().strip()]
    for name, output in others.items():
        text += ["", f"## {name.capitalize()}", "", "```", output, "```"]
    text = "\n".join(text) + "\n"
    is_full = arguments.size == 1 and not arguments.only and not chosen
    target = HERE / "RESULTS.md" if is_full else build / "RESULTS.md"
    target.write_text(text)
    print("\n" + text)
    print(f"Written to {target}")
    for problem in problems:
        print("Problem:", problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
