"""The bridge to the classifiers: scores, list hits, the fingerprint of duplicates."""

from service.scoring.scorer import Scorer, fingerprint
from service.scoring.words import ListMatcher, links

__all__ = ["ListMatcher", "Scorer", "fingerprint", "links"]
