"""Personal values that are nobody's: reserved for examples, printed in every manual, or an organisation's."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, as a message names it."""

    EMAIL = "e-mail address"
    PHONE = "phone number"
    CARD = "card number"
    IBAN = "bank account"
    SSN = "social security number"
    IP = "IP address"


def is_invented(kind: Kind, value: str) -> bool:
    """Whether the value is reserved for examples, belongs to nobody, or is an organisation's."""
    from prodworthy_redact.randomness import ordered_share

    digits = re.sub(r"\D", "", value)
    match kind:
        case Kind.EMAIL:
            local, _, domain = value.partition("@")
            role = {local.lower(), re.split(r"[._+-]", local.lower())[0]} & _ROLES
            return bool(role or _NOBODY.fullmatch(local) or _NOWHERE.fullmatch(domain))
        case Kind.IP:
            return value in _WELL_KNOWN_IPS or not _is_public(value)
        case Kind.CARD:
            return bool(_TEST_CARDS.match(digits)) or len(set(digits)) <= 3 or ordered_share(digits) >= 0.5
        case Kind.IBAN:
            return re.sub(r"[ -]", "", value) in _EXAMPLE_IBANS
        case Kind.SSN:
            return (
                digits in _WELL_KNOWN_SSNS
                or digits[0] == "9"
                or len(set(digits)) <= 2
                or ordered_share(digits) > 0.6
            )
        case Kind.PHONE:
            dated = re.match(r"(?:19|20)\d{2}[ .-](?:0?[1-9]|1[0-2])[ .-]", value)
            return (
                bool(dated or _FICTION.fullmatch(digits))
                or ordered_share(digits) >= 0.5
                or len(set(digits)) <= 3
            )


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


# fmt: off
_ROLES = frozenset({
    "info", "support", "contact", "help", "sales", "admin", "administrator", "noreply", "no-reply",
    "donotreply", "do-not-reply", "hello", "team", "office", "service", "services", "press", "media",
    "jobs", "careers", "hr", "billing", "accounts", "legal", "privacy", "security", "abuse", "webmaster",
    "postmaster", "marketing", "feedback", "customerservice", "customer-service", "customersupport",
    "customercare", "care", "returns", "orders", "shop", "git", "newsletter", "notifications",
    "notification", "mailer-daemon", "root", "bot", "subscribe", "unsubscribe", "dpo", "compliance",
    "helpdesk", "enquiries", "inquiries", "reservations", "booking", "bookings",
})
# fmt: on
_NOBODY = re.compile(
    r"(?:john|jane|joe)[._-]?(?:q[._-]?)?(?:doe|smith|public)|[jm][._-]?doe|j[._-]?smith"
    r"|(?:max|erika)[._-]?mustermann|mario[._-]?rossi|jean[._-]?dupont"
    r"|(?:first|your|user|test|my|some|the)(?:[._-]?(?:name|user|email|mail|last|person|account|id))*\d*"
    r"|(?:foo|bar|baz|name|email|alice|bob|john|jane|recipient|sender|example|lorem|xxx+|abc)\d*",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    r"(?:.*\.)?(?:example|sample|(?:my|your)?(?:domain|company|site)|email|mail|personal|testing|test|acme(?:-?corp)?"
    r"|corp|corporation|business|startup|organization|foo|bar|foobar|abc|xyz|website|fake|placeholder|somewhere"
    r"|work|office|university|school|contoso|fabrikam|northwind|initech|umbrella|bigcorp|techcorp|ipsum|x+|y+|z+)"
    r"\.(?:com|org|net|io|co|edu|de|fr|es|it|co\.uk|ai|dev|app)"
    r"|.*\.(?:example|test|invalid|localhost|local|internal|lan)",
    re.IGNORECASE,
)
_WELL_KNOWN_IPS = frozenset(
    {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "1.2.3.4", "4.3.2.1", "1.2.3.5"}
)
_WELL_KNOWN_SSNS = frozenset({"078051120", "219099999", "457555462", "123456789", "987654321", "123121234"})
_TEST_CARDS = re.compile(
    r"4242|4000|4111|40128888|5555|51051051|5200828282|3782822463|3714496353|3787344936|6011111|6011000|30569309|"
    r"38520000|35301113|3566002|4222222|22230031|4012001|4532015112830366|4539578763621486|5425233430109903"
)
_EXAMPLE_IBANS = (
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "GB82WEST12345698765432",
    "GB33BUKB20201555555555",
)
_FICTION = re.compile(
    r"1?[2-9]\d{2}555\d{4}|1?\d{3}55501\d{2}|1?8(?:00|33|44|55|66|77|88)\d{7}|"
    r"(?:44|0)(?:7700900|1632960|2079460|1134960|1214960|1614960|1314960|1414960)\d{3}"
)
