"""A finder of a few obvious things, so that tests of everything behind detection do not depend on it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from prodworthy_redact import Policy, Redactor
from prodworthy_redact.detect import Entity
from prodworthy_redact.keys import Key

KEY = Key(b"a key for tests, that opens nothing at all")
NAMES = (
    "Maria Gonzalez",
    "Maria",
    "Gonzalez",
    "Bob O'Neil",
    'Ann "Nan" Lee',
    "Jos\u00e9",
    "Jos\u00e9 \U0001f600 Ruiz",
)
MAILS = ("maria@example.com", "Maria@Example.com", "bob.oneil@example.org")
PHONES = ("415-555-0123", "(415) 555-0123", "4155550123")
ADDRESSES = ("1 Main St\nSpringfield", "C:\\Users\\maria")
VALUES = (*NAMES, *MAILS, *PHONES, *ADDRESSES)
SECRET = "maria.gonzalez@example.com"

_KINDS = {"PERSON": NAMES, "EMAIL_ADDRESS": (*MAILS, SECRET), "PHONE_NUMBER": PHONES, "LOCATION": ADDRESSES}
_ANY = re.compile(
    "|".join(
        f"(?P<{kind}>{'|'.join(re.escape(value) for value in sorted(values, key=len, reverse=True))})"
        for kind, values in sorted(_KINDS.items())
    )
)


class Fake:
    """Finds the values above, and counts the texts that it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, text: str) -> Sequence[Entity]:
        self.asked.append(text)
        return [
            Entity(match.start(), match.end(), str(match.lastgroup), 0.9, "Fake", "listed")
            for match in _ANY.finditer(text)
        ]


def redactor(**policy: object) -> Redactor:
    """A redactor with the finder above."""
    return Redactor(Policy(**policy), finder=Fake(), key=KEY)


PLACEHOLDER_LIKE = (
    "<PERSON_1>",
    "<PERSON_2>",
    "<person_1>",
    "<PERSON_1_B>",
    "PERSON_1",
    "<EMAIL_ADDRESS_1>",
    "&lt;PERSON_1&gt;",
    "<PERSON\\_1>",
    "< PERSON 1 >",
    "<",
    ">",
    "\\",
    "&lt;",
    "**",
    "`",
    "_",
    "1",
    "'s",
    '"',
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\\u003c",
    "%40",
    " ",
    "\n",
    "<PERSON_",
    "_1>",
    "<PHONE_NUMBER_1>",
    '"<PHONE_NUMBER_1>"',
    '\\"',
    "_B",
    "data:text/plain;base64,",
    "aGVsbG8=",
    "\ud800",
)
texts = st.lists(
    st.one_of(st.sampled_from(VALUES), st.sampled_from(PLACEHOLDER_LIKE), st.text(max_size=6)), max_size=12
).map("".join)
json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.just(4155550123), st.floats(allow_nan=False), texts
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)
