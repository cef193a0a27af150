"""Learns the weights from the labelled sentences: ``make learn`` writes ``messages/weights.tsv`` anew.

Multinomial logistic regression by stochastic gradient steps, with a part of the features left out at random in each
step, so that no single word may carry a signal alone; then small weights are dropped. Same sentences, same table.
"""

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from bot.alliance.signals import Severity
from bot.alliance.signals.concepts import Concepts, named_in
from bot.alliance.signals.lexicon import SIGNALS, Lexicon, lexicon_of
from bot.alliance.signals.recogniser import read_as
from bot.alliance.signals.trying import Labelled
from bot.alliance.signals.weights import NEUTRAL, UNIT, features, sentences_in
from bot.text import LANGUAGES, labelled_sentences, messages_folder, toml

LABELS = (*(str(signal) for signal in SIGNALS), NEUTRAL)
LEAST = 4
"""A feature counts when it stands in so many sentences; a word is part of the vocabulary when it stands in three."""
LEAST_WORD = 3
EPOCHS = 12
RUNS = 3
"""Learned so many times, in other orders, and averaged: a sum of tables is a table."""
BATCH = 128
LEFT_OUT = 0.6
STEP = 0.05
SMOOTHING = 0.05
DECAY = 2e-5
SMALLEST = 8
"""Weights below this many UNITs are dropped."""
THRESHOLDS = {"urgent": 0.74, "doubtful": 0.55, "contradicted": 0.01, "soon": 0.85, "also": 0.35}


def vocabulary(sentences: Sequence[Labelled]) -> set[str]:
    """The words that stand in at least three sentences, spelt out but not yet corrected."""

    class Everything(frozenset[str]):
        def __contains__(self, word: object) -> bool:
            return isinstance(word, str) and word.isalpha()

    rough = lexicon_of([toml(f"{language}/lexicon.toml") for language in LANGUAGES]).spelling
    open_minded = rough.knowing(())
    open_minded.known = Everything()
    counts = Counter(word for sentence in sentences for word in set(open_minded.words(sentence.text)))
    return {word for word, count in counts.items() if count >= LEAST_WORD and word.isalpha()}


def counted_in(words: Sequence[str], concepts: Concepts) -> set[str]:
    """The features of a whole text: those of its sentences together."""
    return set().union(*(features(sentence, concepts) for sentence in sentences_in(words)))


def matrix(sentences: Sequence[Labelled], lexicon: Lexicon, concepts: Concepts) -> tuple[csr_matrix, list[str]]:
    """One row a sentence, one column a feature that stands in enough of them; ones and zeros."""
    rows = [counted_in(read_as(sentence.text, lexicon), concepts) for sentence in sentences]
    counts = Counter(feature for row in rows for feature in row)
    names = sorted(feature for feature, count in counts.items() if count >= LEAST)
    column = {feature: place for place, feature in enumerate(names)}
    indices = [[column[feature] for feature in row if feature in column] for row in rows]
    ends = np.cumsum([0, *map(len, indices)])
    flat = np.fromiter((place for row in indices for place in sorted(row)), dtype=np.int32)
    return csr_matrix((np.ones(len(flat), dtype=np.float32), flat, ends), shape=(len(rows), len(names))), names


def learned(rows: csr_matrix, targets: np.ndarray, soon: np.ndarray, *, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Weights (feature × label and "soon") and the first weights, by Adam."""
    chance = np.random.default_rng(seed)
    labels = targets.shape[1]
    weights = np.zeros((rows.shape[1], labels + 1), dtype=np.float32)
    first = np.zeros(labels + 1, dtype=np.float32)
    speed, size = np.zeros_like(weights), np.zeros_like(weights)
    first_speed, first_size = np.zeros_like(first), np.zeros_like(first)
    step = 0
    total = EPOCHS * -(-rows.shape[0] // BATCH)
    for _ in range(EPOCHS):
        order = chance.permutation(rows.shape[0])
        for start in range(0, len(order), BATCH):
            picked = order[start : start + BATCH]
            batch = rows[picked].copy()
            batch.data = (chance.random(len(batch.data)) >= LEFT_OUT).astype(np.float32)
            counts = np.maximum(np.asarray(batch.sum(axis=1)).ravel(), 1)
            batch.data /= np.sqrt(np.repeat(counts, np.diff(batch.indptr)))
            batch.eliminate_zeros()
            odds = batch @ weights + first
            shares = np.exp(odds[:, :-1] - odds[:, :-1].max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            wrong = np.empty_like(odds)
            wrong[:, :-1] = shares - targets[picked]
            wrong[:, -1] = 1 / (1 + np.exp(-odds[:, -1])) - soon[picked]
            wrong /= len(picked)
            step += 1
            pace = STEP * (1 - step / (total + 1)) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            touched = np.unique(batch.indices)
            slope = np.asarray(batch[:, touched].T @ wrong) + DECAY * weights[touched]
            speed[touched] = 0.9 * speed[touched] + 0.1 * slope
            size[touched] = 0.999 * size[touched] + 0.001 * slope**2
            weights[touched] -= pace * speed[touched] / (np.sqrt(size[touched]) + 1e-8)
            slope = wrong.sum(axis=0)
            first_speed = 0.9 * first_speed + 0.1 * slope
            first_size = 0.999 * first_size + 0.001 * slope**2
            first -= pace * first_speed / (np.sqrt(first_size) + 1e-8)
    return weights, first


def digest(sentences: Sequence[Labelled]) -> str:
    """Of all that was learned from: a test compares it, so that stale weights are noticed."""
    whole = hashlib.sha256()
    for sentence in sentences:
        whole.update(f"{sentence.label}\t{sentence.severity}\t{sentence.text}\n".encode())
    for name in ("concepts.toml", *(f"{language}/lexicon.toml" for language in LANGUAGES)):
        whole.update((messages_folder() / name).read_bytes())
    return whole.hexdigest()[:16]


def main() -> None:
    sentences = labelled_sentences()
    words = vocabulary(sentences)
    lexicon = lexicon_of([toml(f"{language}/lexicon.toml") for language in LANGUAGES], words)
    named = named_in(toml("concepts.toml"), lexicon.spelling.spelt_out)
    concepts = Concepts(named)
    rows, names = matrix(sentences, lexicon, concepts)
    targets = np.full((len(sentences), len(LABELS)), SMOOTHING / len(LABELS), dtype=np.float32)
    for place, sentence in enumerate(sentences):
        targets[place, LABELS.index(sentence.label)] += 1 - SMOOTHING
    soon = np.array([sentence.severity >= Severity.SOON for sentence in sentences], dtype=np.float32)
    runs = [learned(rows, targets, soon, seed=seed) for seed in range(RUNS)]
    weights = np.mean([weights for weights, _ in runs], axis=0)
    first = np.mean([first for _, first in runs], axis=0)
    whole = np.rint(weights * UNIT).astype(int)
    head = {
        "labels": LABELS,
        "first": np.rint(first * UNIT).astype(int).tolist(),
        "made_from": digest(sentences),
        **THRESHOLDS,
    }
    kept = [(name, row) for name, row in zip(names, whole, strict=True) if np.abs(row).max() >= SMALLEST]
    with (messages_folder() / "weights.tsv").open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False) + "\n" + " ".join(sorted(words)) + "\n")
        file.write("\n".join(f"{entry}\t{concept}" for entry, concept in sorted(named.items())) + "\n\n")
        for name, row in kept:
            file.write(f"{name}\t{' '.join(map(str, row))}\n")
    print(f"{len(sentences)} sentences, {len(words)} words, {len(kept)} features", file=sys.stderr)


if __name__ == "__main__":
    main()
