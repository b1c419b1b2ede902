# SPDX-License-Identifier: MIT
"""Prints the golden values of tests/core/random.test.cpp: the same generator in exact integers of Python.

The normal distribution is drawn by the plain ratio of uniforms, without the quick tests of Leva, which must not change
which draws are accepted.
"""
import math

ALL = (1 << 64) - 1


def rotated(x, count):
    return ((x << count) | (x >> (64 - count))) & ALL


class Random:
    def __init__(self, seed):
        self.state = []
        for _ in range(4):  # SplitMix64
            seed = (seed + 0x9E3779B97F4A7C15) & ALL
            z = seed
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & ALL
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & ALL
            self.state.append(z ^ (z >> 31))

    def next(self):  # xoshiro256++
        s = self.state
        result = (rotated((s[0] + s[3]) & ALL, 23) + s[0]) & ALL
        shifted = (s[1] << 17) & ALL
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotated(s[3], 45)
        return result

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def below(self, count):
        while True:
            bits = self.next()
            if bits >= 2**64 % count:
                return bits % count

    def normal(self):
        while True:
            u = 1 - self.uniform()
            v = 1.7156 * (self.uniform() - 0.5)
            if v * v <= -4 * u * u * math.log(u):
                return v / u

    def shuffle(self, items):
        for left in range(len(items), 1, -1):
            k = self.below(left)
            items[left - 1], items[k] = items[k], items[left - 1]


for seed in (0, 42, ALL):
    print("seed", seed, [hex(word) for word in Random(seed).state])
    random = Random(seed)
    print("  next", [hex(random.next()) for _ in range(4)])
random = Random(42)
print("next, the 1000th", hex([random.next() for _ in range(1000)][-1]))
random = Random(42)
print("uniform", [random.uniform().hex() for _ in range(4)])
random = Random(42)
print("uniform(-3, 5)", [(-3 + 8 * random.uniform()).hex() for _ in range(3)])
random = Random(42)
print("normal", [random.normal().hex() for _ in range(6)])
random = Random(42)
print("normal, the 1000th", [random.normal() for _ in range(1000)][-1].hex(), "then next", hex(random.next()))
random = Random(42)
print("below(10)", [random.below(10) for _ in range(12)])
random = Random(42)
print("below(2^63 + 1)", [random.below(2**63 + 1) for _ in range(4)], "then next", hex(random.next()))
random = Random(42)
digits = list(range(10))
random.shuffle(digits)
print("shuffle", digits)
