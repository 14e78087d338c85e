"""What one region makes of a telephone number: the matcher's verdict, asked only where it can be yes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberFormat, PhoneMetadata, PhoneNumberMatcher
from phonenumbers.phonenumbermatcher import (  # type: ignore[attr-defined]  # the steps of its matcher
    _INNER_MATCHES,
    _SLASH_SEPARATED_DATES,
    _TIME_STAMPS,
    _TIME_STAMPS_SUFFIX,
    _UNWANTED_END_CHAR_PATTERN,
)

LENIENCY = 1

_FEWEST_DIGITS = 4
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost",
    "personal_number", "voip", "pager", "uan", "voicemail",
)  # fmt: skip
_PLAIN = re.compile(r"[0-9 ().\-/\[\]\u00a0]+")
_NOT_DIGIT = re.compile(r"[^0-9]+")
_NOT_CAPTURING = re.compile(r"\((?!\?)")
_DIVIDED = re.compile(r"[/(.\s\u2012-\u2015\uff0d]")  # without any of them, none of `_INNER_MATCHES` matches
Span = tuple[int, int]


class Piece(NamedTuple):
    """A text, where it starts in its candidate, and its digits if there is nothing but plain punctuation."""

    text: str
    offset: int
    digits: str | None


class Candidate:
    """A stretch of text that looks like a number, and the pieces of it that may be one."""

    __slots__ = ("after", "before", "start", "text", "whole")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self.before = text[start - 1] if start else ""
        self.text = text[start:end]
        self.after = text[end : end + 4]
        self.whole = Piece(self.text, 0, _plain_digits(self.text))

    @property
    def is_no_number(self) -> bool:
        """Whether it is a date with slashes or a time stamp."""
        if "/" in self.text and _SLASH_SEPARATED_DATES.search(self.text):
            return True
        stamped = " " in self.text and _TIME_STAMPS.search(self.text)
        return bool(stamped and _TIME_STAMPS_SUFFIX.match(self.after))

    def pieces(self) -> Iterator[Piece]:
        """Parts that have digits enough, in the order in which the matcher tries them."""
        if _DIVIDED.search(self.text) is None:
            return
        for text, offset in dict.fromkeys(self._pieces()):
            if len(text) >= _FEWEST_DIGITS:
                digits = _plain_digits(text)
                if digits is None or len(digits) >= _FEWEST_DIGITS:
                    yield Piece(text, offset, digits)

    def _pieces(self) -> Iterator[tuple[str, int]]:
        for expression in _INNER_MATCHES:
            match = expression.search(self.text)
            first = True
            while match:
                if first:
                    yield _trimmed(self.text[: match.start()]), 0
                    first = False
                yield _trimmed(match.group(1)), match.start(1)
                match = expression.search(self.text, match.start() + 1)


class Region:
    """A region of `phonenumbers`, by its two-letter name."""

    def __init__(self, name: str) -> None:
        self._name = name
        own = _metadata(name)
        code = own.country_code or 0
        sharing = [_metadata(other) for other in COUNTRY_CODE_TO_REGION_CODE[code]]
        self._number = re.compile("|".join(dict.fromkeys(p for m in sharing for p in _patterns(m))))
        self._code = str(code)
        self._national = re.compile(own.national_prefix_for_parsing or r"(?!)")
        self._abroad = re.compile(own.international_prefix or r"(?!)")
        self._formats = [
            _format(form) for form in _metadata(COUNTRY_CODE_TO_REGION_CODE[code][0]).number_format
        ]

    def first(self, candidate: Candidate) -> Span | None:
        """The whole candidate, or the first of its pieces, that is a valid number here."""
        for piece in (candidate.whole, *candidate.pieces()):
            if self.can_be_valid(piece.digits) and self.is_valid(candidate, piece):
                start = candidate.start + piece.offset
                return start, start + len(piece.text)
        return None

    def is_valid(self, candidate: Candidate, piece: Piece) -> bool:
        """Whether the piece is a valid number here: the matcher's own verdict."""
        around = candidate.before + candidate.text + candidate.after
        matcher = PhoneNumberMatcher(around, self._name, leniency=LENIENCY)
        return matcher._parse_and_verify(piece.text, len(candidate.before) + piece.offset) is not None

    @property
    def form(self) -> str:
        """`can_be_valid` as one expression; where it differs, it allows more."""
        national, number = f"(?:{self._national.pattern})", f"(?:{self._number.pattern})"
        fits = rf"{national}{{0,2}}{number}" + (rf"|{national}\d*" if self._national.groups else "")
        lacking = "|".join(self._lacking())
        plain = rf"(?={number}\Z)(?!{lacking})\d+" if lacking else number
        prefixed = rf"{self._code}(?:{fits})|(?=0|{self._code}|{national})(?:{fits})"
        return _NOT_CAPTURING.sub("(?:", rf"(?:{self._abroad.pattern})\d*|{prefixed}|{plain}")

    def _lacking(self) -> Iterator[str]:
        """Digits whose first way of writing them demands a prefix."""
        before = ""
        for leading, form, prefixed in self._formats:
            first = rf"(?={leading.pattern if leading else ''})(?:{form.pattern})\Z"
            if prefixed:
                yield before + first
            before += f"(?!{first})"

    def can_be_valid(self, digits: str | None) -> bool:
        """Whether the digits have the form of a number here: all, or after a prefix is taken away.

        None stands for a piece with more than digits and plain marks: only the matcher knows.
        """
        if digits is None:
            return True
        if len(digits) < _FEWEST_DIGITS:
            return False
        if digits.startswith(self._code) and self._fits(digits.removeprefix(self._code)):
            return True
        if self._abroad.match(digits) is not None:
            return True
        if digits[0] == "0" or digits.startswith(self._code) or self._national.match(digits):
            return self._fits(digits)
        return self._number.fullmatch(digits) is not None and not self._lacks_prefix(digits)

    def _lacks_prefix(self, digits: str) -> bool:
        """Whether such a number is written with a national prefix, which these digits do not have."""
        for leading, form, prefixed in self._formats:
            if (leading is None or leading.match(digits)) and form.fullmatch(digits):
                return prefixed
        return False

    def _fits(self, digits: str) -> bool:
        """Behind a country code the library takes a prefix away twice; one with groups it rewrites."""
        start = 0
        for _ in range(3):
            if self._number.fullmatch(digits, start):
                return True
            match = self._national.match(digits, start)
            if match is None or match.end() == start:
                return False
            if self._national.groups:
                return True
            start = match.end()
        return False


class Regions:
    """Several regions; what is asked of all of them is asked at once."""

    def __init__(self, names: Sequence[str]) -> None:
        self._all = tuple(Region(name) for name in names)
        self._any = re.compile("|".join(f"(?:{region.form})" for region in self._all))

    def possible(self, piece: Piece) -> tuple[Region, ...]:
        """The regions in which the piece may be valid."""
        digits = piece.digits
        if digits is None:
            return self._all
        if len(digits) < _FEWEST_DIGITS or self._any.fullmatch(digits) is None:
            return ()
        return tuple(region for region in self._all if region.can_be_valid(digits))


def _format(form: NumberFormat) -> tuple[re.Pattern[str] | None, re.Pattern[str], bool]:
    """The digits that a way of writing numbers is for, their form, and whether it demands the prefix."""
    leading = form.leading_digits_pattern
    rule = form.national_prefix_formatting_rule
    prefixed = bool(rule) and not form.national_prefix_optional_when_formatting
    first_group_only = re.fullmatch(r"\(?\\1\)?", rule or "") is not None
    return (
        re.compile(leading[-1]) if leading else None,
        re.compile(form.pattern or r"(?!)"),
        prefixed and not first_group_only,
    )


def _metadata(region: str) -> PhoneMetadata:
    known = PhoneMetadata.metadata_for_region(region)
    if known is None:
        raise ValueError(f"`{region}` is no region of phonenumbers")
    return known


def _patterns(metadata: PhoneMetadata) -> Iterator[str]:
    """The forms of all kinds of numbers of a region; a number of no kind is no valid number."""
    for kind in _KINDS:
        description = getattr(metadata, kind)
        if description is not None and description.national_number_pattern:
            yield f"(?:{description.national_number_pattern})"


def _plain_digits(text: str) -> str | None:
    if text.isascii() and text.isdigit():
        return text
    return _NOT_DIGIT.sub("", text) if _PLAIN.fullmatch(text) else None


def _trimmed(text: str) -> str:
    match = _UNWANTED_END_CHAR_PATTERN.search(text)
    return text[: match.start()] if match else text
