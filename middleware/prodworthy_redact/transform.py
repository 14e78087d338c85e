"""What an entity becomes: stars, a keyed digest, a sealed token or an invented value.

Whatever is written here holds neither quotes nor backslashes nor line breaks, so that it can stand in JSON.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import unquote

from prodworthy_redact.keys import Key
from prodworthy_redact.placeholders import SEALED, kind_of
from prodworthy_redact.wordlist import words_of

if TYPE_CHECKING:
    from faker import Faker

_SPACES = re.compile(r"\s+")
_NUMBERS = words_of(
    "PHONE_NUMBER CREDIT_CARD IBAN_CODE US_SSN US_ITIN US_BANK_NUMBER US_PASSPORT US_DRIVER_LICENSE UK_NHS "
    "UK_NINO AU_ABN AU_TFN AU_MEDICARE IN_AADHAAR ES_NIF ES_NIE PL_PESEL AU_ACN"
    " FI_PERSONAL_IDENTITY_CODE KR_RRN"
)
_PUNCTUATION = re.compile(r"[\s().-]")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_LONGEST_SEALED = 900
_SAFE = re.compile(r"\w[\w .@:/+-]*\w", re.ASCII)


def normal(kind: str, text: str) -> str:
    """What two ways of writing the same value have in common."""
    if "%" in text:
        text = unquote(text, errors="surrogateescape")
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return _PUNCTUATION.sub("", text) if kind in _NUMBERS else text


def mask(text: str, digits: int = 4) -> str:
    """Stars for letters and digits; of a long number, the last ``digits`` stay, as receipts have them."""
    kept = len(text)
    if digits and sum(c.isdigit() for c in text) >= 12 and not any(c.isalpha() for c in text):
        kept = [index for index, c in enumerate(text) if c.isdigit()][-digits]
    return "".join(c if index >= kept or c in " -@./:+" else "*" for index, c in enumerate(text))


def digest(kind: str, text: str, key: Key) -> str:
    """``<EMAIL_ADDRESS#abcdefgh...>``: the same for the same value, and of no use without the key.

    Letters only: sixteen digits in a row could look like a card number.
    """
    message = f"{kind}\0{normal(kind, text)}".encode("utf-8", "surrogatepass")
    hexadecimal = hmac.new(key.derive("hash"), message, hashlib.sha256).hexdigest()[:24]
    return f"<{kind_of(kind)}#{hexadecimal.translate(_LETTERS)}>"


DIGEST = re.compile(r"<[A-Z][A-Z0-9_]*#[a-p]{24}>")


class Sealer:
    """Tokens that hold their value, encrypted with AES-SIV: the same for the same value in a session.

    A token opens in the session that it was made in, and in no other.
    """

    def __init__(self, key: Key, session: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        self._cipher = AESSIV(key.derive("encrypt", 64))
        self._session = session.encode("utf-8", "surrogatepass")

    def seal(self, kind: str, text: str, depth: int, spelling: str) -> str | None:
        """``<EMAIL_ADDRESS~...>``; None for a value too long to be copied by a model."""
        label = kind_of(kind)
        data = json.dumps([text, depth, spelling] if spelling else [text]).encode()
        if len(data) > _LONGEST_SEALED:
            return None
        sealed = self._cipher.encrypt(data, [self._session, label.encode()])
        return f"<{label}~{base64.urlsafe_b64encode(sealed).decode().rstrip('=').replace('_', '.')}>"

    def open(self, name: str) -> tuple[str, int, str] | None:
        """Value, depth and spelling of a token without its brackets; None if it is none of this session."""
        from cryptography.exceptions import InvalidTag

        match = SEALED.fullmatch(name)
        if match is None:
            return None
        encoded = match[2].replace(".", "_")
        try:
            sealed = base64.b64decode(encoded + "=" * (-len(encoded) % 4), b"-_", validate=True)
            data = self._cipher.decrypt(sealed, [self._session, match[1].encode()])
        except (InvalidTag, ValueError):
            return None
        text, depth, spelling = (*json.loads(data), 0, "")[:3]
        return text, depth, spelling


def surrogates(kind: str, seed: bytes) -> Iterator[str]:
    """Invented values of ``kind``, the same for the same ``seed``; none for a kind that has none.

    They are values that nobody has, where such are set aside: addresses at example.org, numbers with 555-01.
    """
    make = _MAKERS.get(kind)
    if make is None:
        return
    for attempt in range(24):
        with _lock:
            fake = _faker()
            fake.seed_instance(hashlib.sha256(seed + bytes([attempt])).digest())
            value = make(fake)
        if _SAFE.fullmatch(value):
            yield value


_lock = Lock()
_instance: list[Faker] = []


def _faker() -> Faker:
    if not _instance:
        from faker import Faker

        _instance.append(Faker("en_US"))
    return _instance[0]


def _person(fake: Faker) -> str:
    return f"{fake.first_name()} {fake.last_name()}"


def _email(fake: Faker) -> str:
    return f"{fake.first_name().lower()}.{fake.last_name().lower()}{fake.random_int(2, 99)}@example.org"


def _address(fake: Faker) -> str:
    return f"{fake.random_element(('192.0.2', '198.51.100', '203.0.113'))}.{fake.random_int(1, 254)}"


_MAKERS: dict[str, Callable[[Faker], str]] = {
    "PERSON": _person,
    "EMAIL_ADDRESS": _email,
    "PHONE_NUMBER": lambda fake: fake.numerify("%##-555-01##"),
    "IP_ADDRESS": _address,
    "CREDIT_CARD": lambda fake: str(fake.credit_card_number("visa16")),
    "IBAN_CODE": lambda fake: str(fake.iban()),
    "US_SSN": lambda fake: fake.numerify("9##-%#-%###"),
    "LOCATION": lambda fake: str(fake.city()),
    "ORGANIZATION": lambda fake: f"{fake.last_name()} Group",
    "URL": lambda fake: (
        f"https://example.org/{fake.random_element(('a', 'b', 'c'))}{fake.random_int(100, 99999)}"
    ),
    "DATE_TIME": lambda fake: str(fake.date(end_datetime="-1y")),
}


def seed_of(key: Key | None, session: str, kind: str, text: str) -> bytes:
    """What the surrogate of a value is drawn from: nothing that tells the value."""
    message = f"{session}\0{kind}\0{normal(kind, text)}".encode("utf-8", "surrogatepass")
    secret = key.derive("surrogate") if key else _of_this_process()
    return hmac.new(secret, message, hashlib.sha256).digest()


@cache
def _of_this_process() -> bytes:
    return secrets.token_bytes(32)
