"""What tracing is made of: the steps backwards from an expression, and the ends of the path."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from prodworthy.finding import Span
from prodworthy.resolve.index import ModuleIndex
from prodworthy.resolve.values import Frame, Site

SAFE: frozenset[str] = frozenset()
VALIDATED = frozenset({"validation"})
BOUNDED = frozenset({"validation", "length"})
"""Cut or measured, so that its length is limited as well."""

CLOSED = frozenset({"validation", "length", "closed"})
"""One of a set that the program knows."""

NUMBER = frozenset({"number"})

MASKED = frozenset({"mask", "validation", "length"})


class Place(NamedTuple):
    """Where something stands; its span is computed when somebody reads it."""

    module: ModuleIndex
    node: ast.AST

    @property
    def span(self) -> Span:
        """The stretch of source."""
        return self.module.source.span(self.node)


@dataclass(slots=True, eq=False, repr=False)
class Step:
    """One step backwards: the value at hand can come from ``site``.

    Attributes:
        told: what the path says of the step; empty for what happens inside one expression.
        place: where that stands.
        safe: what the value is safe in after the step (``validation``, ``redaction``, ``html``...).
        part: only a part of what stands at ``site`` is taken.
        opens: something is taken from the object at ``site``: an attribute, an item, a method's result.
        key: what is taken is what stands under this key, or this attribute.
        under: ``site`` is what stands under this key of the value at hand.
        among: the names that ``site`` stands among in an object that is made; others may stand elsewhere.
        vague: ``site`` is put under a key that nobody knows.
        tail: ``site`` stands behind the beginning of a text, so that it names no host of an address.
        built: the value at hand is an object that is made from ``site``, and shows it to nobody by itself.
        speaker: for a message that says whose it is, ``system`` or ``other``.
        function: the project's function that the value passes through, by its qualified name.
    """

    site: Site
    told: str = ""
    place: Place | None = None
    safe: frozenset[str] = SAFE
    part: bool = False
    opens: bool = False
    key: str = ""
    under: str = ""
    among: frozenset[str] = SAFE
    tail: bool = False
    vague: bool = False
    built: bool = False
    speaker: str = ""
    function: str = ""


@dataclass(slots=True, eq=False, repr=False)
class End:
    """An end of the path: where the value comes from (the attributes as for `Origin`).

    Attributes:
        whole: this holds only where the whole value is used, not a part of it.
        number: it is a number whose size nobody limits; no text.
        envelope: it is the whole document that a service answers with, of which a model wrote only parts.
        opened: this holds only where something is taken from it: a request handed on is no text.
    """

    kind: str
    label: str
    place: Place
    safe: frozenset[str] = SAFE
    text: str = ""
    personal: str = ""
    confidence: str = "medium"
    whole: bool = False
    number: bool = False
    envelope: bool = False
    opened: bool = False


Answers = list[Step | End]


def inside(nodes: Iterable[ast.expr], frame: Frame) -> Answers:
    """Steps into the parts of an expression."""
    return [Step(Site(node, frame)) for node in nodes]


def place(site: Site) -> Place:
    """Where ``site`` stands."""
    return Place(site.frame.module, site.node)


def short(text: str, most: int = 40) -> str:
    """``text`` on one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def written(node: ast.expr) -> str:
    """An expression as the code writes it, cut."""
    return short(ast.unparse(node), 60)
