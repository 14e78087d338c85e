"""Credentials: what they look like, what they are called, and which of them are only examples.

The knowledge is data (``credentials.toml``); this module reads it once and judges strings by it. It is
shared by the checker's rules and the redactor, needs the standard library alone, and reads nothing
before the first question.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import tomli

from prodworthy_redact.randomness import is_random, word_share

_BEFORE, _AFTER = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"
_SCHEME = re.compile(r"(?:bearer|token|basic|bot|apikey|api-key|key)\s+", re.IGNORECASE)
_ALPHABET = re.compile(r"[A-Za-z0-9_\-+/=.~:]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_IDENTIFIER = re.compile(r"[A-Z][A-Z0-9]{0,9}(?:_[A-Z0-9]{1,12})+|[a-z][a-z]*(?:_[a-z]+)+")
_PATH_OR_URL = re.compile(
    r"[a-z][a-z0-9+.-]*://|sha\d{1,3}[-:]|[~.]{0,2}/(?![A-Za-z0-9+/]{24})|[A-Za-z]:\\|[\w-]+/[\w./-]+\.\w{1,5}$"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_LONGEST = 400
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


@dataclass(frozen=True, slots=True)
class Shape:
    """The form of one provider's credential; the fields are explained in ``credentials.toml``."""

    provider: str
    what: str
    starts: tuple[str, ...]
    pattern: str
    environment: str = ""
    weak: bool = False
    checksum: bool = False

    @property
    def label(self) -> str:
        """As a message names it: ``OpenAI API key``."""
        return f"{self.provider} {self.what}"


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential in a text, at ``start`` to ``end``."""

    shape: Shape
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that ``credentials.toml`` says."""

    shapes: tuple[Shape, ...]
    name_ends: frozenset[str]
    name_words: tuple[str, ...]
    public: tuple[str, ...]
    placeholder_parts: tuple[str, ...]
    placeholder_words: frozenset[str]
    throwaway: frozenset[str]
    published: tuple[str, ...]


@cache
def knowledge() -> Knowledge:
    """The knowledge file, read once."""
    data = tomli.loads(Path(__file__).with_name("credentials.toml").read_text(encoding="utf-8"))
    shapes = (Shape(**{**entry, "starts": tuple(entry["starts"])}) for entry in data["shape"])
    return Knowledge(
        shapes=tuple(shapes),
        name_ends=frozenset(end.replace(" ", "") for end in data["names"]["ends"]),
        name_words=tuple(data["names"]["words"]),
        public=tuple(data["placeholders"]["public"]),
        placeholder_parts=tuple(data["placeholders"]["anywhere"]),
        placeholder_words=frozenset(data["placeholders"]["words"]),
        throwaway=frozenset(data["placeholders"]["passwords"]),
        published=tuple(data["placeholders"]["published"]),
    )


def prefilter_words() -> tuple[str, ...]:
    """Lower-cased words, one of which is in every text that can hold a credential worth a look."""
    prefixes = {start.lower() for shape in knowledge().shapes for start in shape.starts if len(start) > 2}
    return (*knowledge().name_words, *sorted(prefixes))


def shapes_in(text: str) -> tuple[Shape, ...]:
    """The shapes that ``text`` can hold, by their prefixes alone."""
    return tuple(shape for shape in knowledge().shapes if any(start in text for start in shape.starts))


def find(text: str, shapes: tuple[Shape, ...] | None = None) -> Iterator[Credential]:
    """Credentials of known shape in ``text`` that are not examples, from left to right.

    ``shapes`` narrows the search to what `shapes_in` a larger text has answered.
    """
    found: list[Credential] = []
    for shape in shapes_in(text) if shapes is None else shapes:
        for match in _expression(shape.pattern).finditer(text):
            overlaps = any(match.start() < known.end and known.start < match.end() for known in found)
            if not overlaps and not _is_example(match.group("body")):
                found.append(Credential(shape, match.group(), match.start(), match.end()))
    yield from sorted(found, key=lambda credential: credential.start)


def looks_secret(value: str) -> bool:
    """Whether ``value``, kept where a credential belongs, is one, by its disorder alone."""
    bare = strip_scheme(value)
    return (
        16 <= len(bare) <= _LONGEST
        and _ALPHABET.fullmatch(bare) is not None
        and not _is_something_else(bare)
        and not _says_placeholder(_CAMEL.sub("_", bare))
        and not _is_example(bare)
    )


def may_be_secret(value: str) -> bool:
    """Whether nothing about ``value``, orderly as it may be, says placeholder, public, reference or address.

    It is one only where a client is known to take it for its key.
    """
    bare = strip_scheme(value)
    parted = _CAMEL.sub("_", bare)
    return not (
        _is_something_else(bare) or has_prefix(bare) or _says_placeholder(parted) or is_placeholder(parted)
    )


def has_prefix(value: str) -> bool:
    """Whether ``value`` begins as a provider's keys do. If it is no such key, it is an example of one."""
    return value.startswith(_prefixes())


def is_placeholder(value: str) -> bool:
    """Whether a value of any length is what people write where a secret will stand."""
    bare = value.strip().lower()
    squeezed = _SEPARATORS.sub("", bare)
    words = {word for word in _SEPARATORS.split(bare) if word}
    known = knowledge()
    return (
        not squeezed
        or len(set(squeezed)) < 3
        or any(part in squeezed for part in known.placeholder_parts)
        or bool(words & known.placeholder_words)
        or squeezed.rstrip("0123456789") in known.throwaway
    )


def has_checksum(credential: Credential) -> bool:
    """Whether it ends in the checksum that its issuer computes: nobody writes that by chance or by hand."""
    body, last = credential.text[:-6].rpartition("_")[2], credential.text[-6:]
    return credential.shape.checksum and _base62(crc32(body.encode())) == last


def strip_scheme(value: str) -> str:
    """``Bearer abc`` without the word in front."""
    return _SCHEME.sub("", value.strip(), count=1)


@cache
def names_credential(name: str) -> bool:
    """Whether a variable, parameter, header or environment variable of this name holds a credential."""
    words = [word for word in _SEPARATORS.split(_CAMEL.sub("_", name).lower()) if word]
    tails = {"".join(words[-n:]) for n in range(1, min(3, len(words)) + 1)}
    return any(
        tail in knowledge().name_ends or tail.removesuffix("s") in knowledge().name_ends for tail in tails
    )


def _is_something_else(bare: str) -> bool:
    """Whether a value is published, a path, an address or a name in code."""
    return (
        bare.startswith(knowledge().public)
        or any(key in bare for key in knowledge().published)
        or any(form(bare) for form in (_PATH_OR_URL.match, _DOTTED.fullmatch, _IDENTIFIER.fullmatch))
    )


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(6, "0")


@cache
def _prefixes() -> tuple[str, ...]:
    starts = {start for shape in knowledge().shapes for start in shape.starts if not shape.weak}
    return tuple(start for start in starts if len(start) > 2 and start[0].isalnum())


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{_BEFORE}{pattern}{_AFTER}")


def _is_example(body: str) -> bool:
    """Whether the random part of a credential is not random after all."""
    squeezed = _SEPARATORS.sub("", body).lower()
    if any(part in squeezed for part in knowledge().placeholder_parts):
        return True
    return _says_placeholder(body) or not is_random(body)


def _says_placeholder(value: str) -> bool:
    """Whether words of placeholders stand in ``value``: one of four letters, or shorter ones among words.

    Chance writes a short word now and then, and much less often beside others.
    """
    said = {word.lower() for word in _SEPARATORS.split(value)} & knowledge().placeholder_words
    return any(len(word) > 3 for word in said) or (bool(said) and (len(said) > 1 or word_share(value) > 0.3))
