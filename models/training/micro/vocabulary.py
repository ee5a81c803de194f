"""A smaller vocabulary: the tokens that the tasks use, closed under the merges that make them.

A token that goes is spelled by two that stay (or by theirs), so every text can still be written.
"""

from collections import Counter

from gguf import GGUFReader

from .base import value


class Vocabulary:
    """Which tokens stay, and how the others are spelled."""

    def __init__(self, reader: GGUFReader, used: Counter, size: int):
        tokens = value(reader, "tokenizer.ggml.tokens")
        number = {token: place for place, token in enumerate(tokens)}
        self.parts: dict[int, tuple[int, int]] = {}
        for merge in value(reader, "tokenizer.ggml.merges"):
            left, right = merge.split(" ")
            self.parts.setdefault(number[left + right], (number[left], number[right]))
        # Bytes and marks have no parts and always stay.
        kept = {place for place in range(len(tokens)) if place not in self.parts}
        for token, _ in used.most_common():
            family = self.family(token)
            if len(kept) + len(family - kept) <= size:
                kept |= family
        self.kept = sorted(kept)
        self.spelling = {token: self.spell(token, kept) for token in range(len(tokens)) if token not in kept}
        # The first of each token's parts.
        self.begins = [self.spelling.get(token, (token,))[0] for token in range(len(tokens))]

    def family(self, token: int) -> set[int]:
        """A token with all the tokens that its merges go through."""
        pair = self.parts.get(token)
        return {token} if pair is None else {token} | self.family(pair[0]) | self.family(pair[1])

    def spell(self, token: int, kept: set[int]) -> list[int]:
        if token in kept:
            return [token]
        left, right = self.parts[token]
        return self.spell(left, kept) + self.spell(right, kept)

    def respell(self, ids: list[int]) -> list[int]:
        """The same text in tokens that stay."""
        return [part for token in ids for part in self.spelling.get(token, (token,))]
