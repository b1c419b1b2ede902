#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What examples/names.cpp and examples/languages.cpp learn, by PyTorch with the same sizes, rates, epochs and batches.

usage: letters.py names list.txt             prints the perplexity of every tenth name
       letters.py languages english german   prints the accuracy on every tenth word
"""
import sys

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import rnn

torch.manual_seed(1)
torch.set_num_threads(1)


def batches(data, size):
    """Each of sequences, their lengths and labels; shuffled."""
    order = torch.randperm(len(data)).tolist()
    for i in range(0, len(order), size):
        x, labels = zip(*(data[k] for k in order[i : i + size]))
        yield rnn.pad_sequence(x, batch_first=True), torch.tensor([len(s) for s in x]), labels


def steps_of(x, lengths):
    return torch.arange(x.shape[1])[None, :] < lengths[:, None]


class Speller(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters, self.gru, self.head = nn.Embedding(27, 16), nn.GRU(16, 64, batch_first=True), nn.Linear(64, 27)

    def loss(self, x, lengths, labels):
        """The mean over sequences of the mean over their steps."""
        next_letters = rnn.pad_sequence(labels, batch_first=True)
        logits = self.head(self.gru(self.letters(x))[0])
        losses = functional.cross_entropy(logits.transpose(1, 2), next_letters, reduction="none")
        return ((losses * steps_of(x, lengths)).sum(1) / lengths).mean()


class Reader(nn.Module):
    def __init__(self, languages):
        super().__init__()
        self.letters = nn.Embedding(256, 16)
        self.gru = nn.GRU(16, 32, batch_first=True, bidirectional=True)
        self.head = nn.Linear(64, languages)

    def forward(self, x, lengths):
        packed = rnn.pack_padded_sequence(self.letters(x), lengths, batch_first=True, enforce_sorted=False)
        y, _ = rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)
        return self.head(y.masked_fill(~steps_of(x, lengths)[:, :, None], -2).amax(1))

    def loss(self, x, lengths, labels):
        return functional.cross_entropy(self(x, lengths), torch.tensor(labels))


def train(model, data, epochs, size):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(epochs):
        for batch in batches(data, size):
            optimizer.zero_grad()
            model.loss(*batch).backward()
            optimizer.step()


def names(path):
    train_part, test_part = [], []
    for line, name in enumerate(open(path, encoding="ascii", errors="replace"), 1):
        numbers = [(ord(letter) | 0x20) - ord("a") + 1 for letter in name.rstrip("\n")]
        if numbers and all(1 <= number <= 26 for number in numbers):
            sample = torch.tensor([0] + numbers), torch.tensor(numbers + [0])
            (test_part if line % 10 == 0 else train_part).append(sample)
    model = Speller()
    train(model, train_part, 10, 32)
    with torch.no_grad():
        print("perplexity", model.loss(*next(batches(test_part, len(test_part)))).exp().item())


def languages(paths):
    train_part, test_part = [], []
    for language, path in enumerate(paths):
        words = [word for word in open(path, "rb").read().split(b"\n") if word and b"'" not in word]
        for i, k in enumerate(torch.randperm(len(words))[:5000].tolist()):
            (test_part if i % 10 == 0 else train_part).append((torch.tensor(list(words[k])), language))
    model = Reader(len(paths))
    train(model, train_part, 5, 64)
    with torch.no_grad():
        x, lengths, labels = next(batches(test_part, len(test_part)))
        print("accuracy", (model(x, lengths).argmax(1) == torch.tensor(labels)).double().mean().item())


if __name__ == "__main__":
    names(sys.argv[2]) if sys.argv[1] == "names" else languages(sys.argv[2:])
