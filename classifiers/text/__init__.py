"""Folding: what the model reads, lossy and versioned, with a map back to the original text."""

from classifiers.text.folding import FOLD_VERSION, Folded, Parts, fold, fold_many, fold_text, parts, words

__all__ = ["FOLD_VERSION", "Folded", "Parts", "fold", "fold_many", "fold_text", "parts", "words"]
