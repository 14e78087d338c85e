"""What is to be replaced in one string: entities, wherever encodings hide them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from prodworthy_redact.detect import Entity
from prodworthy_redact.errors import BlockedError
from prodworthy_redact.escapes import escaped, unquoted
from prodworthy_redact.payload import Style, texts
from prodworthy_redact.placeholders import kind_of
from prodworthy_redact.policy import Action, Policy
from prodworthy_redact.tree import of_text

_DATA_URL = re.compile(
    r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[\w.+-]+)*;base64,(?P<data>[A-Za-z0-9+/_-]*={0,2})"
)
_TEXT_TYPE = re.compile(r"text/.*|application/(?:json|xml|x-ndjson|yaml)|.*\+(?:json|xml)")
TEXT_URL = re.compile(
    r"(data:(?:text/[\w.+-]+|application/(?:json|xml|x-ndjson|yaml)|[\w.+-]+/[\w.+-]+\+(?:json|xml))?"
    r"(?:;[\w.+-]+=[\w.+-]+)*;base64,)([A-Za-z0-9+/]+={0,2})"
)
_SURE_NUMBER = 0.6
_HINTED = 200
_SHORTEST_FILE = 64


@dataclass(frozen=True, slots=True)
class Edit:
    """Something to be replaced, from ``start`` to ``end``.

    Attributes:
        entity: what was found, with offsets of its own text.
        text: the value as a reader sees it.
        action: what becomes of it.
        number: whether it is a number of JSON, so that quotes are needed in its place.
        inner: what is to be replaced in a text that stands here in base64.
    """

    start: int
    end: int
    entity: Entity
    text: str = field(repr=False)
    action: Action
    number: bool = False
    inner: Plan | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything to be replaced in ``text``, from left to right and without overlaps."""

    text: str = field(repr=False)
    edits: tuple[Edit, ...]

    def all(self) -> Iterator[Edit]:
        """The edits that replace a value, those inside of base64 too."""
        for edit in self.edits:
            if edit.inner is None:
                yield edit
            else:
                yield from edit.inner.all()


class Finder(Protocol):
    """What finds entities; `Detector` does."""

    def find(self, text: str) -> Sequence[Entity]:
        """The entities in ``text``: not overlapping, from left to right."""


class Scanner:
    """Finds what a policy wants to be replaced."""

    def __init__(self, policy: Policy, detector: Finder) -> None:
        self._policy = policy
        self._detector = detector
        self._treatments: dict[str, tuple[str, Action]] = {}

    def plan(self, text: str, style: Style = "text", hint: str = "", request: bool | None = None) -> Plan:
        """What is to be replaced in ``text``.

        Args:
            text: plain text, JSON, or text with data URLs and percent escapes.
            style: as in `payload.Text`.
            hint: the same.
            request: whether ``text``, if it is JSON, is a request to a provider; None: if it looks like one.
        """
        return _plan(text, self._edits(text, style, hint, request))

    def plan_plain(self, text: str) -> Plan:
        """The same for a part of an answer, of which nobody knows yet whether it is JSON."""
        return _plan(text, self._span(text, 0, len(text), ""))

    def number(self, digits: str, hint: str) -> Plan:
        """What is to be replaced in a number of JSON: all of it, if that is surely personal, or nothing."""
        for entity in self._find(digits, hint):
            action = self._treatment(entity.kind)[1]
            whole = entity.start <= int(digits[0] == "-") and entity.end == len(digits)
            if whole and entity.score >= _SURE_NUMBER:
                return Plan(digits, (Edit(0, len(digits), entity, digits, action, number=True),))
        return Plan(digits, ())

    def _edits(self, text: str, style: Style, hint: str, request: bool | None) -> Iterator[Edit]:
        tree = of_text(text) if style in ("text", "data") else None
        if tree is None:
            yield from self._plain(text, hint if style == "data" and len(text) <= _HINTED else "")
            return
        for found in texts(tree, request=request):
            leaf = found.leaf
            if found.style == "number":
                plan = self.number(str(leaf.value), found.hint)
                place = None
            elif isinstance(leaf.value, str) and found.style != "base64":
                plan = self.plan(leaf.value, found.style, found.hint, request=False)
                place = leaf.said
            else:
                continue
            for edit in plan.edits:
                start, end = (
                    (place.place(edit.start), place.place(edit.end)) if place else (edit.start, edit.end)
                )
                yield replace(edit, start=leaf.start + start, end=leaf.start + end)

    def _plain(self, text: str, hint: str) -> Iterator[Edit]:
        end = 0
        for url in _DATA_URL.finditer(text) if ";base64," in text else ():
            said = decode64(url["data"]) if _TEXT_TYPE.fullmatch(url["type"] or "text/plain") else ""
            if said:
                yield from self._base64(url["data"], said, url.start("data"))
            if said is not None and len(url["data"]) >= _SHORTEST_FILE:
                yield from self._span(text, end, url.start("data"), hint)
                end = url.end("data")
        yield from self._span(text, end, len(text), hint)

    def _span(self, text: str, start: int, end: int, hint: str) -> Iterator[Edit]:
        part = text[start:end] if start or end < len(text) else text
        yield from (self._edit(part, e, start, e.start, e.end) for e in self._find(part, hint))
        if "%" in part and (decoded := unquoted(part)):
            for e in self._find(decoded.text, hint):
                yield self._edit(part, e, start, decoded.place(e.start), decoded.place(e.end))

    def _edit(self, part: str, entity: Entity, offset: int, start: int, end: int) -> Edit:
        action = self._treatment(entity.kind)[1]
        return Edit(offset + start, offset + end, entity, part[start:end], action)

    def _treatment(self, kind: str) -> tuple[str, Action]:
        """How a kind is written in placeholders, and what becomes of its entities."""
        if kind not in self._treatments:
            self._treatments[kind] = kind_of(kind), self._policy.of(kind)[0]
        return self._treatments[kind]

    def _base64(self, data: str, said: str, start: int) -> Iterator[Edit]:
        inner = self.plan(said, "data", request=False)
        if not inner.edits:
            return
        first = next((edit for edit in inner.all() if edit.action is Action.BLOCK), inner.edits[0])
        if encode64(said) == data:
            yield Edit(start, start + len(data), first.entity, data, first.action, inner=inner)
        else:  # it could not be put back as it was: all of it is one value
            yield Edit(start, start + len(data), first.entity, data, first.action)

    def _find(self, text: str, hint: str) -> Iterator[Entity]:
        """Entities that are not allowed through; ``hint`` stands in front, as context."""
        before = f"{hint}: " if hint else ""
        for entity in self._detector.find(before + text):
            label, action = self._treatment(entity.kind)
            if entity.end <= len(before) or action is Action.ALLOW:
                continue
            if not before and label == entity.kind:
                yield entity
            else:
                start, end = max(0, entity.start - len(before)), entity.end - len(before)
                yield replace(entity, start=start, end=end, kind=label)


def _plan(text: str, edits: Iterable[Edit]) -> Plan:
    chosen: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start < edit.end and (not chosen or edit.start >= chosen[-1].end):
            chosen.append(edit)
    return Plan(text, tuple(chosen))


def blocked(plans: Iterator[Edit]) -> BlockedError | None:
    """The error for what must not be sent at all."""
    kinds = sorted({edit.entity.kind for edit in plans if edit.action is Action.BLOCK})
    if not kinds:
        return None
    return BlockedError(f"the policy forbids sending {', '.join(kinds)}; nothing was sent", tuple(kinds))


def spelled(text: str, raw: str, depth: int) -> str:
    """``raw``, if ``text`` is not spelled that way in ``depth`` JSON strings; else nothing."""
    return "" if escaped(text, depth) == raw else raw


def decode64(data: str) -> str | None:
    """The text in base64 of either alphabet, padded or not; None if it holds none."""
    data = data.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def encode64(text: str) -> str:
    """``text`` in base64."""
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
