#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do the tests bite? Changes one place of a header at a time (an operator, a bound, a constant or default value, a statement
taken away), builds and runs the header's own test in a copy of the tree, and prints each change that no test notices.

    tests/tools/mutate.py --count 30 --seed 1                                 30 random places
    tests/tools/mutate.py --header include/nn/layers/dropout.hpp              every place of a header
    tests/tools/mutate.py --header include/nn/layers/dropout.hpp:52 --list    what would be changed in a line

With --includers 3 a change that the header's own test does not notice is shown to the tests of the next three headers that
include it; --survivors-of LOG tries again what an earlier run printed as survived.

A change takes about as long as compiling the test without optimisation, 10 to 30 seconds. Some changes cannot be noticed,
since the program means the same: those are listed with a reason in mutate_equivalent.txt, and are not tried.
"""
import argparse
import collections
import concurrent.futures
import functools
import os
import pathlib
import queue
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

Mutant = collections.namedtuple("Mutant", "header line begin end replacement old new")

# What is replaced by what. Signs of templates, references and pointers have no space on both sides, and so are left alone.
OPERATORS = [
    (r" (<) ", "<="), (r" (<=) ", "<"), (r" (>) ", ">="), (r" (>=) ", ">"), (r" (==) ", "!="), (r" (!=) ", "=="),
    (r" (\+) ", "-"), (r" (-) ", "+"), (r" (\*) ", "/"), (r" (/) ", "*"), (r" (%) ", "*"),
    (r" (\+=) ", "-="), (r" (-=) ", "+="), (r" (\*=) ", "/="), (r" (/=) ", "*="),
    (r" (&&) ", "||"), (r" (\|\|) ", "&&"), (r" (<<) ", ">>"), (r" (>>) ", "<<"), (r" (&) ", "|"), (r" (\|) ", "&"),
    (r"(?<![\w)!])(!)(?=[\w(])", ""), (r"(?<=[(=,?:] )(-)(?=[\w(])|(?<=\()(-)(?=[\w(])|(?<=return )(-)(?=[\w(])", ""),
    (r"(?<![\w)])(\+\+)(?=\w)", "--"), (r"(?<![\w)])(--)(?=\w)", "++"),
    (r"\b(true)\b", "false"), (r"\b(false)\b", "true"), (r"\b(min)\(", "max"), (r"\b(max)\(", "min"),
]  # fmt: skip
INTEGER = r"(?<![\w.])(\d[\d']*)(?=[uUlL]*(?![\w.']))"
REAL = r"(?<![\w.])((?:\d[\d']*\.\d*|\.\d+)(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?=[fF]?(?![\w.]))"
NO_STATEMENT = re.compile(  # declarations and what cannot be taken away alone
    r"(return|using|namespace|template|struct|class|enum|union|const|constexpr|consteval|constinit|static|inline|auto|else|"
    r"case|default|typedef|friend|public|private|protected|for|while|do|switch|try|catch|throw|explicit|virtual|operator|"
    r"requires|concept|extern|mutable|thread_local|alignas)\b|[\w:]+(<.*>)?(::\w+)*[&* ]+[&*]*\w+ *([=({;[]|$)|[~#\])}]")


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def masked(text):
    """The same length of text, with spaces for comments, strings, letters, preprocessor lines, static_assert and the heads of
    templates, in which nothing is changed."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'(?!\w)|(?m:^ *#(?:\\\n|[^\n])*)'
    number = r"\d[\d']*\d"  # whose separators are no quotes
    text = re.sub(f"{number}|{pattern}", lambda m: m[0] if m[0][0].isdigit() else blank(m[0]), text, flags=re.S)
    for word in (r"static_assert *\(", r"template *<"):
        for match in re.finditer(word, text):
            end, depth, close = match.end(), 1, {"(": ")", "<": ">"}[match[0][-1]]
            while depth and end < len(text):
                depth += (text[end] == match[0][-1]) - (text[end] == close)
                end += 1
            text = text[: match.start()] + blank(text[match.start() : end]) + text[end:]
    return text


def statements(text):
    """(begin, end) of each statement in a function that is no declaration, `if (...) throw ...;` also."""
    begin = depth = 0
    for i, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth or letter not in "{};":
            continue
        statement = text[begin:i]
        first = begin + len(statement) - len(statement.lstrip())
        words = " ".join(statement.split())
        if letter == ";" and words and not NO_STATEMENT.match(words) and not text[i + 1 :].lstrip().startswith("else"):
            yield first, i + 1
        begin = i + 1


def mutants_of(root, header):
    text = (root / header).read_text()
    code = masked(text)

    def mutant(begin, end, replacement):
        first, last = text.rfind("\n", 0, begin) + 1, text.find("\n", end)
        old = " ".join(text[first:last].split())
        new = " ".join((text[first:begin] + replacement + text[end:last]).split())
        return Mutant(header, text.count("\n", 0, begin) + 1, begin, end, replacement, old, new)

    for pattern, replacement in OPERATORS:
        for match in re.finditer(pattern, code):
            group = match.lastindex
            yield mutant(match.start(group), match.end(group), replacement)
    for match in re.finditer(INTEGER, code):
        yield mutant(match.start(1), match.end(1), str(int(match[1].replace("'", "")) + 1))
    for match in re.finditer(REAL, code):
        value = float(match[1].replace("'", ""))
        yield mutant(match.start(1), match.end(1), repr(2 * value if value else 1.0))
    for begin, end in statements(code):
        yield mutant(begin, end, ";" if code[begin:end].startswith("if") else "")


def mirrored(header):
    return header.replace("include/nn/", "tests/").replace(".hpp", ".test.cpp")


@functools.cache
def includers(root):
    """Which headers include a header, by its path in the tree."""
    found = collections.defaultdict(list)
    for path in sorted((root / "include/nn").glob("*/**/*.hpp")):
        for name in re.findall(r"^#include <(nn/.*)>", path.read_text(), flags=re.M):
            found[f"include/{name}"].append(str(path.relative_to(root)))
    return found


@functools.cache
def tests_of_includers(root, header):
    """The tests of the headers that include this one, the nearest first; of those, what is smallest to compile."""
    tests, seen, ring = [], {header}, [header]
    while ring:
        ring = list(dict.fromkeys(above for below in ring for above in includers(root)[below] if above not in seen))
        seen.update(ring)
        there = [mirrored(above) for above in ring if (root / mirrored(above)).exists()]
        tests += sorted(there, key=lambda test: (root / test).stat().st_size)
    return tests


class Builder:
    """A copy of the tree in which tests are built, with what all of them include compiled in advance."""

    def __init__(self, root, arguments):
        self.arguments = arguments
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nn-mutate-"))
        for name in ("include", "tests"):
            shutil.copytree(root / name, self.folder / name, ignore=shutil.ignore_patterns("benchmarks", "*.pyc"))
        found = subprocess.run(["pkg-config", "--cflags", "eigen3", "nlohmann_json"], capture_output=True, text=True)
        folders = found.stdout.replace("-I", "-isystem ").split() if found.returncode == 0 else []
        compiler, *flags = shlex.split(arguments.compiler)
        self.command = [compiler, "-std=c++20", "-O0", *flags, "-pthread", "-D_GLIBCXX_ASSERTIONS", f"-I{self.folder}/include",
                        f"-I{self.folder}/tests", *(folders or ["-isystem", "/usr/include/eigen3"])]  # fmt: skip
        self.catch = None
        self.root = root

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def compile(self, *words):
        """A change may also let the compiler compute without an end: it is stopped at 4 GB."""
        limited = ["sh", "-c", 'ulimit -v 4000000; exec "$0" "$@"', *self.command, *map(str, words)]
        return subprocess.run(limited, capture_output=True, text=True)

    def with_catch(self):
        """Compiler and linker words for a test written with Catch2, version 2 or 3."""
        if self.catch is None:
            common = self.folder / "common.hpp"
            common.write_text(
                "#if __has_include(<catch2/catch_all.hpp>)\n#include <catch2/catch_all.hpp>\n#else\n#include <catch2/catch.hpp>\n"
                "#endif\n#include <Eigen/Core>\n#include <nlohmann/json.hpp>\n")
            self.compile("-x", "c++-header", common, "-o", f"{common}.gch")
            main = self.folder / "main.cpp"
            main.write_text("#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
            with_main = self.compile("-c", main, "-o", self.folder / "main.o").returncode == 0
            watch = [self.folder / "memory_watch.o"] if (self.folder / "tests/memory_watch.cpp").exists() else []
            if watch:
                self.compile("-c", self.folder / "tests/memory_watch.cpp", "-o", watch[0])
            self.catch = ["-include", common], [self.folder / "main.o", *watch] if with_main else [*watch, "-lCatch2Main", "-lCatch2"]
        return self.catch

    def includes(self, source, name):
        """Whether a test includes a helper of that name, itself or through another."""
        quoted = re.findall(r'^#include "(.*)"', source.read_text(), flags=re.M)
        files = [source.parent / path for path in quoted]
        return any(file.name == name or (file.exists() and self.includes(file, name)) for file in files)

    def passes(self, test):
        """True or False, or None where it does not compile. A test that does not end fails."""
        source = self.folder / test
        text = source.read_text()
        before, after = self.with_catch() if "TEST_CASE" in text else ([], [])
        sources = [source]
        if self.includes(source, "layer_cases.hpp"):
            sources.append(self.folder / "tests/layer_cases.cpp")
        program = self.folder / "test"
        built = self.compile(*before, *sources, *after, "-o", program)
        if built.returncode:
            self.words = built.stderr
            return None
        try:
            # A loop that does not end may also fill the memory.
            words = ["sh", "-c", 'ulimit -v 8000000; exec "$0" "$@"', program] + (["~[slow]"] if after else [])
            done = subprocess.run(words, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=self.arguments.limit)
        except subprocess.TimeoutExpired:
            return False
        self.words = done.stdout.decode(errors="replace")
        return done.returncode == 0

    def tests_of(self, header):
        if self.arguments.tests:
            return self.arguments.tests
        return [mirrored(header), *tests_of_includers(self.root, header)[: self.arguments.includers], *(self.arguments.also or [])]

    def verdict(self, mutant):
        path = self.folder / mutant.header
        original = path.read_text()
        path.write_text(original[: mutant.begin] + mutant.replacement + original[mutant.end :])
        try:
            for test in self.tests_of(mutant.header):
                passes = self.passes(test)
                if passes is None:
                    return "does not compile"
                if not passes:
                    return "killed"
            return "survived"
        finally:
            path.write_text(original)


def known_equivalents(root):
    """(header, line before, line after) of each change that means the same; a line of the file is these and a reason."""
    path = root / "tests/tools/mutate_equivalent.txt"
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")] if path.exists() else []
    entries = [tuple(part.strip() for part in line.split(" ::: ")) for line in lines]
    for entry in entries:
        if len(entry) != 4 or not entry[3]:
            sys.exit(f"{path}: not 'header ::: line before ::: line after ::: reason': {' ::: '.join(entry)}")
    return {entry[:3] for entry in entries}


def line_of(verdict, mutant):
    return f"{verdict:16} {mutant.header}:{mutant.line}  {mutant.old}  ->  {mutant.new}".strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--header", action="append", metavar="PATH[:LINE[-LINE]]", help="only this header, as seen from the tree's root, or these lines of it")
    parser.add_argument("--count", type=int, help="as many random places; all of them if not given")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of places")
    parser.add_argument("--tests", nargs="+", help="these tests instead of the header's own")
    parser.add_argument("--also", nargs="+", help="these tests, where the header's own notices nothing")
    parser.add_argument("--includers", type=int, default=0, metavar="N", help="and the tests of the next N headers that include it")
    parser.add_argument("--survivors-of", type=pathlib.Path, metavar="LOG", help="only the places that an earlier run printed as survived")
    parser.add_argument("--jobs", type=int, default=1, help="so many at a time")
    parser.add_argument("--limit", type=float, default=120, help="seconds that a test may run; one that does not end fails")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"), help="with its flags: 'g++ -O1 -march=native' compiles what is written for one kind of processor, too")
    parser.add_argument("--unchecked", action="store_true", help="do not run the tests unchanged first, where the suite has just passed")
    parser.add_argument("--list", action="store_true", help="print the places, and change nothing")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2], help="the tree")
    arguments = parser.parse_args()
    root = arguments.root.resolve()

    mutants = []
    if arguments.header:
        for name in arguments.header:
            path, _, lines = name.partition(":")
            first, _, last = lines.partition("-")
            wanted = range(int(first or 1), int(last or first or 10**9) + 1)
            mutants += [mutant for mutant in mutants_of(root, path) if mutant.line in wanted]
    else:
        for path in sorted((root / "include/nn").glob("*/**/*.hpp")):
            mutants += mutants_of(root, str(path.relative_to(root)))
    equivalents = known_equivalents(root)
    tried = [mutant for mutant in mutants if (mutant.header, mutant.old, mutant.new) not in equivalents]
    if arguments.count is not None and arguments.count < len(tried):
        tried = random.Random(arguments.seed).sample(tried, arguments.count)
    if arguments.survivors_of:
        survived = {line.strip() for line in arguments.survivors_of.read_text().splitlines()}
        tried = [mutant for mutant in tried if line_of("survived", mutant) in survived]
    tried.sort(key=lambda mutant: (mutant.header, mutant.line, mutant.begin))
    if arguments.list:
        for mutant in tried:
            print(f"{mutant.header}:{mutant.line}\n  {mutant.old}\n  {mutant.new}")
        print(f"{len(tried)} places")
        return 0

    builders = [Builder(root, arguments) for _ in range(arguments.jobs)]
    try:
        free = queue.SimpleQueue()
        for builder in builders:
            free.put(builder)

        def with_builder(action, argument):
            builder = free.get()
            try:
                return action(builder, argument)
            finally:
                free.put(builder)

        def words_of_failure(builder, test):
            return None if builder.passes(test) else builder.words

        def work(mutant):
            return mutant, with_builder(Builder.verdict, mutant)

        # What fails unchanged would count every change as noticed, and is not tried.
        failing = []
        tests = [] if arguments.unchecked else list(dict.fromkeys(test for mutant in tried for test in builders[0].tests_of(mutant.header)))
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for test, words in zip(tests, pool.map(lambda test: with_builder(words_of_failure, test), tests)):
                if words is not None:
                    failing.append(test)
                    print(f"{test} does not pass with nothing changed:\n{words[-2000:]}", flush=True)
        tried = [mutant for mutant in tried if not set(builders[0].tests_of(mutant.header)) & set(failing)]

        counts = collections.Counter()
        survivors = []
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for mutant, verdict in pool.map(work, tried):
                counts[verdict] += 1
                print(line_of(verdict, mutant), flush=True)
                if verdict == "survived":
                    survivors.append(mutant)
    finally:
        for builder in builders:
            builder.remove()

    if survivors:
        print("\nSurvivors, as lines for mutate_equivalent.txt where there is a reason why nothing can notice:")
        for mutant in survivors:
            print(f"{mutant.header} ::: {mutant.old} ::: {mutant.new} ::: ")
    valid = counts["killed"] + counts["survived"]
    share = f", {100 * counts['killed'] / valid:.1f} % noticed" if valid else ""
    print(f"\n{counts['killed']} killed, {counts['survived']} survived, {counts['does not compile']} do not compile, "
          f"{len(mutants) - len([m for m in mutants if (m.header, m.old, m.new) not in equivalents])} equivalent{share}")
    return 1 if survivors or failing else 0


if __name__ == "__main__":
    sys.exit(main())
