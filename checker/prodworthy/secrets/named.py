"""Values kept under the name of a credential: ``OPENAI_API_KEY=...``, ``"api-key": "..."``, ``--key ...``."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prodworthy.secrets.candidate import Candidate, Evidence
from prodworthy.secrets.encoded import is_plain_text
from prodworthy.secrets.windows import Window

_VALUE = frozenset(string.ascii_letters + string.digits + "_-+/=.~:|")
CUT = ("...", "\xe2\x80\xa6", "***", "xxx")
"""What follows a value of which only the beginning is shown; in latin-1."""
_WORDS = ("key", "secret", "token", "auth")
_READ = 100
_OPENING = re.compile(r"(?P<quote>[\"'`]|\\[\"'])[\s\"'`\\]*$")
_SCHEME = re.compile(r"\b(?:bearer|basic|token|bot|apikey|api-key|key)\s+[\"'`\\]*$", re.IGNORECASE)
_ANNOTATION = re.compile(r"(?<=[\w\]])\s*:\s*[A-Za-z_][\w.]*(?:\[[\w., |]*\])?(?:\s*\|\s*\w+)*\s*$")
_ASSIGNS = re.compile(r"(?:=>|:=|[-+|:?]?=|:|>|\||,)\s*[rbufRBUF]{0,2}[\"'`\\]*\s*$")
_COMMAND = re.compile(
    r"(?:^|\s)(?:ENV|ARG|export|set|setx|setenv|SetEnv|machine)\s+(?P<name>\w+)\s+[\"']?$"
    r"|(?:^|[\s\"'\[,])--?(?P<flag>[a-z][\w-]*)[\s\"',]+$"
)
_CLOSING = re.compile(r"[\s\"'`\\)\]>*_]+$")
_NAME = re.compile(r"[A-Za-z][\w.\-]*(?: [A-Za-z][\w\-]*){0,2}$")
_COMPOUND = re.compile(r"[_-]|[a-z][A-Z]")
"""In a name of several words: what stands before it is no part of it (``export OPENAI_API_KEY``)."""
_FOLLOWS = re.compile(r"\s*[(\[{]|\.[A-Za-z_]\w*\(")
_WITH_NAME = ("name:", '"name":')


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of file writes values.

    Attributes:
        quoted: only what stands in quotes is a value (source code); elsewhere words are.
    """

    quoted: bool


def named(
    window: Window, style: Style, looks_secret: Callable[[str], bool], above: Callable[[], str]
) -> Iterator[Candidate]:
    """The long tokens of ``window`` that are kept under a credential's name and look like one.

    ``above`` tells the line before, where a list of names and values (``- name:``, ``value:``) holds it.
    """
    from prodworthy_redact import credentials

    text = window.text
    done = -1
    for start, end in window.tokens:
        if start < done or not _may_be_named(text[max(start - _READ, 0) : start], style):
            continue
        low, least = start, max(start - _READ, 0)
        while low > least and text[low - 1] in _VALUE:
            low -= 1
        high, most = end, min(end + _READ, len(text))
        while high < most and text[high] in _VALUE:
            high += 1
        for first in _starts(text, low, start):
            value = text[first:high].rstrip(".:|~")
            last = first + len(value)
            left, after = text[max(first - _READ, 0) : first], text[last : last + _READ]
            if after.startswith(CUT) or not looks_secret(value):
                continue
            if credentials.has_prefix(value) or is_plain_text(value):
                continue
            name = _name(left, after, style, above)
            if name and credentials.names_credential(name):
                at = window.start + first
                yield Candidate("credential", value, at, at + len(value), Evidence.NAME, name)
                done = high
                break


def _may_be_named(text: str, style: Style) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in _WORDS) or (not style.quoted and "value" in lowered)


def _starts(text: str, low: int, start: int) -> Iterator[int]:
    """Where the value around a token can begin: after each sign that assigns, the last one first."""
    for at in range(start, low, -1):
        if text[at - 1] in "=:|":
            yield at
    yield low


def _name(left: str, after: str, style: Style, above: Callable[[], str]) -> str:
    opening = _OPENING.search(left)
    if style.quoted and (opening is None or not after.startswith((opening["quote"], "\\"))):
        scheme = _SCHEME.search(left)
        if scheme is None or not _OPENING.search(left[: scheme.start()]):
            return ""
    if opening is None and _FOLLOWS.match(after):
        return ""
    if command := _COMMAND.search(left):
        return command["name"] or command["flag"]
    left = _SCHEME.sub("", left)
    assigns = _ASSIGNS.search(left)
    if assigns is None:
        return ""
    left = _CLOSING.sub("", _ANNOTATION.sub("", left[: assigns.start()]))
    found = _NAME.search(left)
    if found is None:
        return ""
    if found[0].lower().endswith("value") and (line := above().strip().lstrip("- ")).startswith(_WITH_NAME):
        return line.partition(":")[2].strip(" \"',")
    last = found[0].rpartition(" ")[2]
    return last if _COMPOUND.search(last) else found[0]
