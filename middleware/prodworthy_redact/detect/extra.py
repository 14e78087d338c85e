"""What presidio has no pattern for and personal data is full of: written-out dates, ages, medical records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from prodworthy_redact.detect.patterns import Recognizer
from prodworthy_redact.policy import Policy

_FLAGS = int(regex.IGNORECASE | regex.MULTILINE | regex.DOTALL)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d{2}"


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    regex: str
    score: float


_SEPARATED = r"(?:[ ().-]{0,2}\d){5,14}+"
_PHONE_LABEL = r"(?:phone|tel(?:ephone|ecom)?|mobile|cell(?:phone)?|fax|main\sline|direct|whatsapp)"

_RECOGNIZERS = (
    (
        "CREDIT_CARD",
        "CardOfAnyLengthRecognizer",
        (_Pattern("12 to 19 digits", r"\b\d(?:[ -]?\d){11,18}\b", 0.2),),
        ("card", "credit", "debit", "visa", "mastercard", "maestro", "amex", "diners", "cc"),
    ),
    (
        "PHONE_NUMBER",
        "LabelledPhoneRecognizer",
        (
            _Pattern(
                "behind a label",
                rf"(?<=\b{_PHONE_LABEL}(?:\s(?:number|no\.?|line))?\s?[:#]\s{{0,3}})\+?\(?\d{_SEPARATED}(?!\w)",
                0.6,
            ),
            _Pattern("plus sign", r"(?<![\w+])\+\d{1,3}[ .-]?\(?\d(?:[ ().-]{0,2}\d){6,12}\b", 0.5),
        ),
        ("phone", "call", "mobile", "contact"),
    ),
    (
        "DATE_TIME",
        "WrittenDateRecognizer",
        (
            _Pattern("month day, year", rf"\b{_MONTH}\.?\s{_DAY}(?:,?\s{_YEAR})?\b(?![.:]\d)", 0.6),
            _Pattern("day month year", rf"\b{_DAY}\s(?:of\s)?{_MONTH}\.?,?\s{_YEAR}\b", 0.6),
            _Pattern("day month", rf"\b{_DAY}\s(?:of\s)?{_MONTH}\b", 0.5),
            _Pattern("month year", rf"\b{_MONTH}\.?,?\s{_YEAR}\b", 0.5),
        ),
        ("date", "birthday", "born", "dob"),
    ),
    (
        "AGE",
        "AgeRecognizer",
        (
            _Pattern("years old", r"\b\d{1,3}(?=[\s-]years?[\s-]old\b)", 0.7),
            _Pattern(
                "aged",
                r"(?<=\b(?:aged|age\sof|age:|age\sis|turn(?:ed|s|ing)?)\s)\d{1,3}\b(?!\s?%|[.,]\d)",
                0.6,
            ),
        ),
        (),
    ),
    (
        "MEDICAL_RECORD_NUMBER",
        "MedicalRecordRecognizer",
        (
            _Pattern(
                "labelled",
                r"(?<=\b(?:MRNs?|med(?:ical)?\.?\srec(?:ord)?s?)(?:\s?(?:is|numbers?|no\.?|#))?[\s:#*-]{1,24})"
                r"[A-Z]{0,4}-?\d[A-Z0-9-]{4,14}\b",
                0.8,
            ),
        ),
        ("patient", "medical record", "chart"),
    ),
)


def recognizers(policy: Policy) -> Iterator[Recognizer]:
    """Those of them whose kinds are wanted."""
    for kind, name, patterns, context in _RECOGNIZERS:
        if policy.wants(kind):
            invalid = _fails_luhn if kind == "CREDIT_CARD" else None
            yield Recognizer(kind, name, patterns, _FLAGS, context, policy.of(kind)[1], invalidate=invalid)


def _fails_luhn(value: str) -> bool:
    digits = [int(c) for c in reversed(value) if c.isdigit()]
    doubled = (n * (1 + i % 2) for i, n in enumerate(digits))
    return len(set(digits)) < 3 or sum(n - 9 if n > 9 else n for n in doubled) % 10 != 0
