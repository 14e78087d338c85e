"""Personal values in a text that somebody wrote: a cheap test, exceptions, then presidio's verdict.

Precision comes first: whoever writes a prompt writes examples, and an invented value is no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from prodworthy_rules.privacy._invented import Kind, is_invented

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A personal value and where it starts in its text."""

    kind: Kind
    text: str
    start: int


def find(text: str) -> list[PersonalValue]:
    """The personal values in ``text`` that are neither invented nor an organisation's, from left to right."""
    found = (
        value
        for value in _candidates(text)
        if not is_invented(value.kind, value.text) and _is_confirmed(value, text)
    )
    return sorted(found, key=lambda value: value.start)


_CANDIDATES = {
    Kind.EMAIL: re.compile(
        r"(?<![\w.+%/:=-])[\w+%-]+(?:\.[\w+%-]+)*"
        r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?![\w@:/])"
    ),
    Kind.SSN: re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])"),
    Kind.CARD: re.compile(r"(?<![\w.-])[3-6]\d{3}(?:[ -]?\d){9,12}(?![\w-])"),
    Kind.IBAN: re.compile(
        r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
    ),
    Kind.PHONE: re.compile(
        r"(?<![\w.+/=-])(?:\+\d{1,3}[ .-]?)?(?:\(0?\d{2,4}\)[ .-]?|\d{2,5}[ .-])"
        r"\d{2,4}[ .-]?\d{2,5}(?:[ .-]\d{2,5})?(?![\w/%-]|\.\d)"
        r"|(?<![\w.+/=-])\+\d{8,14}(?![\w-])"
    ),
    Kind.IP: re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"),
}
_HINTS = {
    Kind.CARD: re.compile(r"card|visa|master|amex|credit|debit|pay", re.IGNORECASE),
    Kind.IP: re.compile(r"\bip\b|address|log(?:ged|in)|client|host", re.IGNORECASE),
    Kind.PHONE: re.compile(
        r"phone|tel\b|telefon|mobile|cell|call|whatsapp|fax|contact|sms|\+$|电话|手机", re.IGNORECASE
    ),
}
_NEAR = 40


def _candidates(text: str) -> Iterator[PersonalValue]:
    for kind, pattern in _CANDIDATES.items():
        if kind is Kind.EMAIL and "@" not in text:
            continue
        for match in pattern.finditer(text):
            value = PersonalValue(kind, match.group(), match.start())
            if _fits(value, text):
                yield value


def _fits(value: PersonalValue, text: str) -> bool:
    """The checksums, and for digits that could be anything a word nearby that says what they are."""
    digits = re.sub(r"\D", "", value.text)
    before = text[max(0, value.start - _NEAR) : value.start]
    match value.kind:
        case Kind.CARD:
            grouped = re.fullmatch(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}", value.text)
            return _luhn(digits) and bool(grouped or _HINTS[Kind.CARD].search(before))
        case Kind.IBAN:
            return _iban(re.sub(r"[ -]", "", value.text))
        case Kind.PHONE:
            return 9 <= len(digits) <= 15 and bool(
                value.text.startswith("+") or _HINTS[Kind.PHONE].search(before)
            )
        case Kind.IP:
            return bool(_HINTS[Kind.IP].search(before))
    return True


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _iban(code: str) -> bool:
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _is_confirmed(value: PersonalValue, text: str) -> bool:
    """Whether presidio's recognizer for this kind finds the value too, in the text around it."""
    start = max(0, value.start - _NEAR)
    window = text[start : value.start + len(value.text) + _NEAR]
    recognizer = _recognizers()[value.kind]
    results = recognizer.analyze(window, recognizer.supported_entities)
    begin, end = value.start - start, value.start - start + len(value.text)
    return any(result.start < end and begin < result.end for result in results)


@cache
def _recognizers() -> dict[Kind, PatternRecognizer | PhoneRecognizer]:
    """One recognizer for each kind; their import takes a second, so it waits for a first candidate."""
    import tldextract
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        EmailRecognizer,
        IbanRecognizer,
        IpRecognizer,
        PhoneRecognizer,
        UsSsnRecognizer,
    )

    bundled_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    class OfflineEmailRecognizer(EmailRecognizer):
        """Presidio's own would fetch the list of public suffixes from the network."""

        def validate_result(self, pattern_text: str) -> bool:
            return bundled_suffixes(pattern_text).fqdn != ""

    return {
        Kind.EMAIL: OfflineEmailRecognizer(),
        Kind.PHONE: PhoneRecognizer(),
        Kind.CARD: CreditCardRecognizer(),
        Kind.IBAN: IbanRecognizer(),
        Kind.SSN: UsSsnRecognizer(),
        Kind.IP: IpRecognizer(),
    }
