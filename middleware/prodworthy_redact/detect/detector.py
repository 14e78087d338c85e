"""The detector: everything a policy asks for, found in one text."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from prodworthy_redact import names
from prodworthy_redact.detect import extra, groups, links, organizations, own, patterns, presidio, secrets
from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.lists import AllowList, DenyList, is_nobodys
from prodworthy_redact.detect.memo import Memo
from prodworthy_redact.detect.opaque import Opaque
from prodworthy_redact.detect.resolve import without_contained, without_overlaps
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words
from prodworthy_redact.kinds import CREDENTIAL, Recognizer, catalogue
from prodworthy_redact.policy import Policy

CHUNK, OVERLAP = 100_000, 2_000

Finder = Callable[[Screen, Words], list[Entity]]


class Detector:
    """Finds what a policy asks for; safe to share between threads.

    Recognizers are imported and built for the first text, or by `warm`.

    Args:
        policy: which kinds, from which score on, what is never or always an entity.

    Raises:
        NamesUnavailable: the policy requires names and no model is installed.
        PolicyError: a recognizer of the policy's own cannot be built.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._allow = AllowList(policy.allow, policy.allow_patterns)
        self._deny = DenyList({kind: v for kind, v in policy.deny.items() if policy.wants(kind)})
        self._credentials = policy.credentials and policy.wants(CREDENTIAL)
        self._memo: Memo[Entity] = Memo(policy.cache_size)
        self._own = [own.build(r, policy.of(r.entity)[1]) for r in policy.recognizers if r.regex]
        self._opaque = [Opaque(own.presidio(r), policy) for r in policy.recognizers if r.use]
        self._names = names.choose(policy)
        self._finders: tuple[Finder, ...] | None = None
        self._lock = threading.Lock()

    def find(self, text: str) -> list[Entity]:
        """The entities in ``text``: not overlapping, from left to right.

        Raises:
            DetectionError: a recognizer failed or took too long; nothing is known of the text then.
        """
        if not text or text.isspace():
            return []
        key = self._memo.key(text)
        known = self._memo.get(key)
        if known is None:
            known = tuple(without_overlaps(text, self.find_all(text)))
            self._memo.put(key, known)
        return list(known)

    def warm(self) -> None:
        """Imports and builds now what the first text would wait for."""
        self._ready()

    def find_all(self, text: str) -> list[Entity]:
        """Everything that is found, before overlaps are resolved; presidio's ``analyze`` answers the same."""
        found = [entity for start, end in _chunks(text) for entity in self._in_chunk(text, start, end)]
        kept = (e for e in without_contained(found) if text[e.start : e.end] not in self._allow)
        return [e for e in kept if not (self._policy.extra and is_nobodys(e.kind, text[e.start : e.end]))]

    def _in_chunk(self, text: str, start: int, end: int) -> Iterator[Entity]:
        """The entities that begin between ``start`` and ``end``, seen with the text around."""
        low, high = max(0, start - OVERLAP), min(len(text), end + OVERLAP)
        piece = text if (low, high) == (0, len(text)) else text[low:high]
        for entity in self._in_piece(piece):
            if start <= entity.start + low < end:
                yield replace(entity, start=entity.start + low, end=entity.end + low) if low else entity

    def _in_piece(self, text: str) -> Iterator[Entity]:
        screen, words = Screen(text), Words(text, self._policy.languages)
        for finder in self._ready():
            yield from finder(screen, words)
        if self._credentials:
            yield from secrets.find(text)
        yield from self._deny.find(text)

    def _ready(self) -> tuple[Finder, ...]:
        if self._finders is None:
            with self._lock:
                if self._finders is None:
                    self._finders = tuple(self._build())
        return self._finders

    def _build(self) -> Iterator[Finder]:
        grouped = [recognizer for recognizer in self._own if self._policy.wants(recognizer.kind)]
        grouped.extend(extra.recognizers(self._policy) if self._policy.extra else ())
        for entry in filter(self._is_wanted, catalogue().recognizers):
            threshold = self._policy.of(entry.kind)[1]
            built = presidio.build(entry, self._policy.languages[0])
            if entry.name == "PhoneRecognizer":
                from prodworthy_redact.detect.phone import PhoneNumbers

                yield PhoneNumbers(threshold).find
            elif (fast := patterns.from_presidio(built, entry.kind, threshold)) is not None:
                grouped.append(fast)
            else:
                yield Opaque(built, self._policy).find
        yield patterns.Group(grouped).find
        for sure in (groups, links, organizations) if self._policy.extra else ():
            if self._policy.wants(sure.KIND):
                yield sure.find
        yield from (opaque.find for opaque in self._opaque)
        if self._names is not None:
            from prodworthy_redact.names.finder import Names

            yield Names(self._names, self._policy).find

    def _is_wanted(self, entry: Recognizer) -> bool:
        policy = self._policy
        if not policy.wants(entry.kind):
            return False
        asked_for = entry.kind in (*policy.entities, *(policy.only or ()))
        if (entry.on_request and not asked_for) or not policy.wants_all(entry.kind):
            return False
        return not entry.region or "all" in policy.regions or entry.region in policy.regions


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Pieces of a long text, cut at a space where there is one."""
    start = 0
    while len(text) - start > CHUNK + OVERLAP:
        at = start + CHUNK
        cut = max(text.rfind("\n", at - OVERLAP, at), text.rfind(" ", at - OVERLAP, at))
        end = cut + 1 if cut > start else at
        yield start, end
        start = end
    yield start, len(text)
