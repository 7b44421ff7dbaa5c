"""Fits the weights of TokenCount against a real tokeniser, and tells how far off they are on other text.

    fit.py CORPUS    a JSON file {category: [[texts to fit], [texts to judge]]}; needs bpe-openai, numpy, scipy

Prints the weights as TokenCount has them and the table of Benchmarks/Results/TOKENS.md.
"""

import json
import sys

import bpe_openai
import numpy
from scipy.optimize import nnls

from machine import STEPS, count


def main(path):
    corpus = json.load(open(path))
    encoding = bpe_openai.get_encoding("o200k_base")
    rows, aims = [], []
    for fitted, _ in corpus.values():
        for text in fitted:
            tokens = len(encoding.encode(text))
            # Each text weighs the same, and so does each category: what counts is the relative error.
            weight = 1 / tokens / len(fitted) ** 0.5
            rows.append([steps * weight for steps in count(text)])
            aims.append(tokens * weight)
    # A little pull towards a quarter of a token keeps steps that are rare in the corpus plausible.
    for index in range(1, len(STEPS)):
        rows.append([0.002 if other == index else 0 for other in range(len(STEPS))])
        aims.append(0.0005)
    weights, _ = nnls(numpy.array(rows), numpy.array(aims))
    units = [round(weight * 1024) for weight in weights]
    print(", ".join(f"{name}: {unit}" for name, unit in zip(STEPS, units)), "\n")
    print("| text | bytes | tokens | estimate | mean error of a text | bytes / 4 |\n|---|---|---|---|---|---|")
    for category, (_, judged) in corpus.items():
        tokens = numpy.array([len(encoding.encode(text)) for text in judged])
        estimates = numpy.array([sum(a * b for a, b in zip(count(text), units)) / 1024 for text in judged])
        sizes = numpy.array([len(text.encode()) for text in judged])
        errors = abs(estimates - tokens) / tokens
        plain = abs(sizes / 4 - tokens) / tokens
        print(
            f"| {category} | {sizes.sum():,} | {tokens.sum():,} | {estimates.sum() / tokens.sum() - 1:+.1%} "
            f"| {errors.mean():.1%} | {plain.mean():.0%} |"
        )


main(sys.argv[1])
