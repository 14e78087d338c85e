"""What stands around a credential and says that it opens nothing: examples, links, local servers."""

from __future__ import annotations

import re
from collections import defaultdict

from prodworthy.secrets.candidate import Candidate, Evidence

NEAR = 400
"""How far around a credential its surroundings reach, in bytes."""
_LONG = 20
_EXAMPLE = re.compile(
    r"\b(?:examples?|sample|demo|dummy|fake|e\.g\.|for instance|expired|revoked|fictional|made[- ]up)\b"
    r"|\byour[-_ ]\w+"
    r"|@example\.|demo_|_demo|例如|示例|样例|失效|例えば|예시|beispiel|exemple|ejemplo|esempio|exemplo"
)
"""What people write beside values that open nothing."""
_PUBLIC = {
    "Google API key": ("firebase", "authdomain", "google_app_id", "gcm_sender_id"),
    "credential": ("algolia", "docsearch"),
}
"""Marks that stand near keys which are published on purpose, by the label of the key."""
_EXPOSED = ("NEXT_PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "REACT_APP_", "VITE_", "GATSBY_", "PUBLIC_")
"""Beginnings of the names of what build tools write into a page for everybody to read."""
_LINK = re.compile(r"(?:\]\(|\b(?:href|src)\s*=\s*\\?[\"'])https?://[^\s\"'<>()]*[?&][\w.-]+=$", re.I)
_LOOPBACKS = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal")
_LOOPBACK = rf"(?:{'|'.join(map(re.escape, _LOOPBACKS))})(?![\w.-])"
_LOCAL_URL = re.compile(rf"https?://{_LOOPBACK}")
_REMOTE_URL = re.compile(rf"https?://(?!{_LOOPBACK})")
_LOCAL_SETTING = re.compile(
    rf"(?P<name>[A-Za-z][\w-]*)[\"'\])]*\s*(?:=>|[=:,])\s*[\"'`]?(?P<scheme>https?://)?{_LOOPBACK}"
)
_WORDS = re.compile(r"[_\W]+|(?<=[a-z0-9])(?=[A-Z])")
_GENERAL_WORDS = """
access address api auth authorization base bearer endpoint host hostname http key name origin secret
server service token uri url x
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())
"""Words of names that do not say whose server or key it is."""
_OF_A_SERVER = frozenset(("api", "token", "authorization", "bearer", "access"))
_LEAST_SHARED = 8


def opening(text: str, candidates: list[Candidate], *, read: bool) -> list[Candidate]:
    """Those of ``candidates`` in ``text`` (a character a byte) that open something.

    ``read`` tells whether people read the text, rather than programs.
    """
    samples = altered(candidates)
    return [
        one
        for one in candidates
        if not _is_public(text, one)
        and not (one.evidence is Evidence.NAME and (samples or _opens_nothing(text, one, read=read)))
    ]


def _opens_nothing(text: str, candidate: Candidate, *, read: bool) -> bool:
    """Whether a value of no form of its own is an example, public, or a key of this machine alone."""
    start, end = candidate.start, candidate.end
    return (
        (read and _is_example(text, candidate))
        or is_in_link(text, start)
        or is_for_this_machine(text, start, end, candidate.name)
    )


def _is_example(text: str, candidate: Candidate) -> bool:
    """Whether a value in a text for people is short or stands beside an example's words."""
    around = text[max(candidate.start - NEAR, 0) : candidate.end + NEAR].encode("latin-1")
    said = _EXAMPLE.search(around.decode("utf-8", "ignore").lower())
    return len(candidate.secret) < _LONG or said is not None


def _is_public(text: str, candidate: Candidate) -> bool:
    """Whether what stands around a key says that it is one for browsers and apps, made to be seen."""
    if candidate.name.upper().startswith(_EXPOSED):
        return True
    marks = _PUBLIC.get(candidate.label)
    if not marks:
        return False
    around = text[max(candidate.start - NEAR, 0) : candidate.end + NEAR].lower()
    return any(mark in around for mark in marks)


def is_in_link(text: str, start: int) -> bool:
    """Whether a value is a parameter of a link in a page, which whoever reads the page is to follow."""
    low = max(start - NEAR, 0)
    return text.find("://", low, start) >= 0 and _LINK.search(text, low, start) is not None


def is_for_this_machine(text: str, start: int, end: int, name: str) -> bool:
    """Whether a value kept as ``name`` is the key of a server that runs where the program does.

    The statement or command around it holds the address of such a server and no other, or a setting
    beside it that is called like it says where its server is: ``ACME_URL`` for ``ACME_API_KEY``.
    """
    around = text[max(start - 3 * NEAR, 0) : end + 3 * NEAR]
    if not any(host in around for host in _LOOPBACKS):
        return False
    statement = _command(text, start, end)
    if _LOCAL_URL.search(statement) and not _REMOTE_URL.search(statement):
        return True
    words = _words(name)
    whose = words - _GENERAL
    low = max(start - NEAR, 0)
    for setting in _LOCAL_SETTING.finditer(text, low, min(end + NEAR, len(text))):
        other = _words(setting["name"])
        if whose and whose <= other and not other - whose - _GENERAL:
            return True
        first, last = sorted((setting.start(), start))
        beside = text.count("\n", first, last) <= 1
        if not (whose or other - _GENERAL) and setting["scheme"] and beside and words & _OF_A_SERVER:
            return True
    return False


def altered(candidates: list[Candidate]) -> bool:
    """Whether a value kept under a name comes back with a few characters changed, which nobody's chance does.

    Whoever writes a file like that shows what keys look like.
    """
    seen: dict[tuple[str, int], list[str]] = defaultdict(list)
    for one in candidates:
        if one.evidence is not Evidence.NAME:
            continue
        before = seen[one.name.lower(), len(one.secret)]
        if any(_is_altered(one.secret, other) for other in before[-4:]):
            return True
        before.append(one.secret)
    return False


def _is_altered(first: str, second: str) -> bool:
    """Whether of two values of one length most is the same after the place where they first differ."""
    same = [a == b for a, b in zip(first, second, strict=True)]
    if all(same):
        return False
    rest = same[same.index(False) + 1 :]
    return len(rest) >= _LEAST_SHARED and sum(rest) >= len(rest) / 2


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORDS.split(name) if word)


def _command(text: str, start: int, end: int) -> str:
    """The line of a value, with those that a backslash joins to it."""
    least, most = max(start - 3 * NEAR, 0), min(end + 3 * NEAR, len(text))
    low, high = text.rfind("\n", least, start) + 1, text.find("\n", end, most)
    while low > least and text.endswith("\\\n", least, low):
        low = text.rfind("\n", least, low - 1) + 1
    while high > end and text[high - 1] == "\\":
        high = text.find("\n", high + 1, most)
    return text[max(low, least) : high if high > 0 else most]
