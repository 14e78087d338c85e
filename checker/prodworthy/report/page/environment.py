"""The templates of the pages. Everything that a template shows is escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from prodworthy import __version__
from prodworthy.report import words
from prodworthy.report.excerpt import printable
from prodworthy.report.place import place

_TEMPLATES = Path(__file__).parent / "templates"
_CODE = re.compile(r"`([^`\n]+)`")
_BREAKS = re.compile(r"([/._])(?=[^/._\s])")


def render(template: str, values: Mapping[str, object]) -> str:
    """The page that ``template`` makes of ``values``."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(prose=_prose, breaking=_breaking, slug=_slug)
    environment.globals.update(words=words, place=place, version=__version__, plural=words.plural)
    environment.globals["style"] = partial(_style)
    return environment.get_template(template).render(values) + "\n"


def _style() -> Markup:
    return Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))


def _shown(value: object) -> object:
    """A text without control characters and lone surrogates; newlines stay."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "\n".join(printable(line) for line in value.split("\n"))


def _prose(text: str) -> Markup:
    """``text`` with what stands in backticks as code."""
    parts, at = [], 0
    text = printable(text.replace("\n", " "))
    for match in _CODE.finditer(text):
        parts += [escape(text[at : match.start()]), Markup("<code>{}</code>").format(_breaking(match[1]))]
        at = match.end()
    return Markup().join([*parts, escape(text[at:])])


def _breaking(text: str) -> Markup:
    """A path or dotted name that may be broken into lines where its parts meet."""
    return Markup("<wbr>").join(_BREAKS.sub("\\1\0", printable(text)).split("\0"))


def _slug(text: str) -> str:
    """An id for a heading."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
