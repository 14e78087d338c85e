"""Which names mean personal data."""

from __future__ import annotations

import re
from functools import lru_cache

from prodworthy.model.schema import PersonalDataModel, PersonalElement
from prodworthy.resolve.catalogue import matches

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


class Lexicon:
    """The lexicon of personal data, ready to be asked about names and types."""

    def __init__(self, model: PersonalDataModel) -> None:
        self._model = model
        self._endings = frozenset(model.endings)
        self._not_after = frozenset(model.not_after)
        self._whole = {whole: e for e in model.element for whole in e.whole}
        self._words: dict[tuple[str, ...], PersonalElement] = {}
        for element in model.element:
            for words in element.words:
                self._words.setdefault(tuple(words.split("_")), element)
        self._longest = max(map(len, self._words), default=0)
        self.named = lru_cache(4096)(self._named)

    def typed(self, name: str) -> PersonalElement | None:
        """The element that a qualified type names."""
        for element in self._model.element:
            if any(matches(glob, name) for glob in element.types):
                return element
        return None

    def _named(self, name: str) -> PersonalElement | None:
        """The element that ``name`` (of a variable, field, column or key) means."""
        parts = words(name)
        while parts and (parts[-1].isdigit() or parts[-1] in self._endings):
            parts.pop()
        if not parts:
            return None
        joined = "_".join(parts)
        for candidate in (joined, joined.removesuffix("s")):
            if candidate in self._whole:
                return self._whole[candidate]
        for length in range(min(self._longest, len(parts)), 0, -1):
            tail = tuple(parts[-length:])
            element = self._words.get(tail) or self._words.get((*tail[:-1], tail[-1].removesuffix("s")))
            if element is not None:
                before = set(parts[:-length])
                if before & self._not_after or before & set(element.not_after):
                    return None
                return element
        return None


def words(name: str) -> list[str]:
    """``customerEmail2`` as customer, email, 2."""
    return [w.lower() for w in _WORDS.findall(name)]
