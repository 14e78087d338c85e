"""Addresses of pages that are somebody's own: profiles, personal sites, meeting rooms.

Any other address stays: documentation and repositories are what prompts are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.detect.screen import Screen
from prodworthy_redact.detect.tokens import Words

KIND = "URL"

_REST = r"[^\s<>\"'`\\)\]}|,;]*[^\s<>\"'`\\)\]}|.,;:!?*_]"
_PLACES = (
    "about|business|developers?|docs?|events?|groups?|help|home|i|intent|legal|login|marketplace|pages?|policies|privacy|pg"
    "|reel|p|search|settings|share|sharer?|tos|watch"
)
_PROFILE = re.compile(
    rf"""(?<![\w.@/-])(?:https?://)?(?:[a-z]{{2,3}}\.|www\.)?(?:
      linkedin\.com/(?:in|pub)/{_REST}
    | (?:facebook|fb|instagram|tiktok|snapchat|vk|pinterest|twitter|x)\.com/
      (?:@|add/|people/|profile\.php\?id=)?(?!(?:{_PLACES})\b)[\w.-]{{2,}}\w(?:/status/\d+)?/?(?![\w/.-]*\w)
    | (?:medium|youtube|threads|tiktok)\.(?:com|net)/@{_REST}
    | (?:t|wa|paypal)\.me/{_REST} | calendly\.com/{_REST} | venmo\.com/u/{_REST} | orcid\.org/\d{_REST}
    | (?:\w+\.)?zoom\.us/j/{_REST} | meet\.google\.com/{_REST}
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_HOSTS = (
    "linkedin.com/", "facebook.com/", "fb.com/", "instagram.com/", "tiktok.com/", "snapchat.com/", "vk.com/",
    "pinterest.com/", "twitter.com/", "x.com/", "/@", ".me/", "calendly.com/", "venmo.com/", "orcid.org/",
    "zoom.us/", "meet.google",
)  # fmt: skip
_SITE = r"(?:web\s?(?:site|page)|home\s?page|site|blog|portfolio|profile|cv|resume)"
_OWN = re.compile(
    rf"""\b(?:(?:my|his|her|their|[A-Z][a-z]+['\u2019]s)\s(?:own\s|personal\s)?{_SITE}
        (?:\s(?:is|at|on|under|here|can\sbe\sfound\sat)|:){{0,2}}\s)
    (?P<url>(?:https?://|www\.)?[\w-]+(?:\.[\w-]+)+(?:[:/?#]{_REST})?)""",
    re.VERBOSE | re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"(?:^|[|,;]\s)\W{{0,4}}(?:web\s?site|home\s?page|web|blog|url)\**\s?:\**\s{{1,3}}"
    rf"(?P<url>(?:https?://|www\.){_REST})",
    re.IGNORECASE | re.MULTILINE,
)
_CONTACT = re.compile(r"@[\w-]+\.\w|\b(?:phone|tel|mobile|cell|fax|e-?mail)\b", re.IGNORECASE)
_CARD = 300


def find(screen: Screen, _: Words) -> list[Entity]:
    """The addresses in the text that are somebody's own."""
    return list(_found(screen.text))


def _found(text: str) -> Iterator[Entity]:
    lowered = text.lower()
    if any(host in lowered for host in _HOSTS):
        for match in _PROFILE.finditer(text):
            yield Entity(*match.span(), KIND, 0.8, "links", "a profile")
    if "." not in text:
        return
    for match in _OWN.finditer(text):
        yield Entity(*match.span("url"), KIND, 0.7, "links", "somebody's own page")
    for match in _LABELLED.finditer(text) if "http" in lowered or "www." in lowered else ():
        low, high = max(0, match.start() - _CARD), match.end() + _CARD
        if _CONTACT.search(text[low : match.start()]) or _CONTACT.search(text[match.end() : high]):
            yield Entity(*match.span("url"), KIND, 0.6, "links", "the page of a visiting card")
