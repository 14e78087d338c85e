"""What one region makes of a telephone number: the matcher's verdict, asked only where it can be yes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

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
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, where it starts in its candidate, and its digits if there is nothing but plain punctuation."""

    text: str
    offset: int
    digits: str | None


class Candidate:
    """A stretch of text that looks like a number, and the pieces of it that may be one."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.before = text[start - 1] if start else ""
        self.text = text[start:end]
        self.after = text[end : end + 4]

    @property
    def is_no_number(self) -> bool:
        """Whether it is a date with slashes or a time stamp."""
        if _SLASH_SEPARATED_DATES.search(self.text):
            return True
        return bool(_TIME_STAMPS.search(self.text) and _TIME_STAMPS_SUFFIX.match(self.after))

    @cached_property
    def whole(self) -> Piece:
        """All of it."""
        return Piece(self.text, 0, _plain_digits(self.text))

    @cached_property
    def pieces(self) -> list[Piece]:
        """Parts that have digits enough, in the order in which the matcher tries them."""
        distinct = dict.fromkeys(self._pieces())
        found = (Piece(text, offset, _plain_digits(text)) for text, offset in distinct)
        return [piece for piece in found if piece.digits is None or len(piece.digits) >= _FEWEST_DIGITS]

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
        if self.takes_whole(candidate):
            return candidate.start, candidate.end
        return self.takes_part(candidate)

    def takes_whole(self, candidate: Candidate) -> bool:
        """Whether the whole candidate is a valid number here."""
        return self._takes(candidate, candidate.whole)

    def takes_part(self, candidate: Candidate) -> Span | None:
        """The first piece of it that is a valid number here."""
        for piece in candidate.pieces:
            if self._takes(candidate, piece):
                start = candidate.start + piece.offset
                return start, start + len(piece.text)
        return None

    def _takes(self, candidate: Candidate, piece: Piece) -> bool:
        if piece.digits is not None and not self._can_be_valid(piece.digits):
            return False
        around = candidate.before + candidate.text + candidate.after
        matcher = PhoneNumberMatcher(around, self._name, leniency=LENIENCY)
        return matcher._parse_and_verify(piece.text, len(candidate.before) + piece.offset) is not None

    def _can_be_valid(self, digits: str) -> bool:
        """Whether the digits have the form of a number here: all, or after a prefix is taken away."""
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
    return _NOT_DIGIT.sub("", text) if _PLAIN.fullmatch(text) else None


def _trimmed(text: str) -> str:
    match = _UNWANTED_END_CHAR_PATTERN.search(text)
    return text[: match.start()] if match else text
