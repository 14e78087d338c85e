"""What a model takes for a name and is none: words and numbers of code, products, laws, languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from prodworthy_redact.detect.entity import Entity
from prodworthy_redact.names.lexicon import WORD, lexicon

_CAMEL = re.compile(r"[a-z][A-Z]")
_NAME_PREFIX = re.compile(r"(?:Mc|Mac|D[aeiu]|L[aeo]|Ma|Fitz|V[ao]n|Jo|Al|El|San|Ó|O['\u2019])[A-Z]")
_LETTER = re.compile(r"[^\W\d_]")
_LAW = (
    r"(?:laws?|theorem|lemma|conjecture|paradox|principle|algorithm|method|distance|notation|transform|equations?"
    r"|inequality|constant|distribution|process|chains?|machine|filter|razor|triangle|series|numbers)\b"
)
_BEFORE_LAW = re.compile(rf"(?:['\u2019]s?)?\s{_LAW}|\s(?:case|sort|kernel|index)\b")
_IS_LAW = re.compile(rf"\w+(?:['\u2019]s?)?\s{_LAW}")
REGIONAL = re.compile(r"\s(?:region|zone|time\s?zone|time|locale|data\s?cent(?:er|re)|endpoint|cluster)\b")
_POSTAL = re.compile(r"(?:zip|postal|postcode|plz|cap|cep|pin)(?:\s?code)?(?:\sis)?\W{1,4}$", re.IGNORECASE)
_CODE_BEFORE, _CODE_AFTER = tuple("._$`\\/=<{[#"), tuple("(_=`\\/{[")
_NEAR = 40


class Doubts:
    """Judges what a model found in one text.

    Args:
        text: the text.
        found: all that the model found in it.
    """

    def __init__(self, text: str, found: Sequence[Entity]) -> None:
        self._text = text
        self._places: list[Entity] = []
        self._places = [e for e in found if e.kind == "LOCATION" and self._stands_alone(e)]

    def reject(self, entity: Entity) -> bool:
        """Whether it is no name."""
        value = self._text[entity.start : entity.end]
        if _is_developers(value):
            return True
        if entity.kind == "PERSON":
            return self._is_no_person(entity, value)
        return entity.kind == "LOCATION" and self._is_no_place(entity, value)

    def _is_no_person(self, entity: Entity, value: str) -> bool:
        if not _LETTER.search(value) or any(map(str.isdigit, value)) or "_" in value or _is_camel(value):
            return True
        if _IS_LAW.fullmatch(value):
            return True
        if len(WORD.findall(value)) > 1:
            return False
        known, low = lexicon(), value.lower().strip("'\u2019")
        if self._in_code(entity) or low in known.groups or low in known.generic:
            return True
        if low in known.common - known.ambiguous and self._begins(entity):
            return True
        if self._is_small(value) or (value.isupper() and len(value) <= 3 and self._has_small):
            return True
        return _BEFORE_LAW.match(self._text, entity.end) is not None

    def _is_no_place(self, entity: Entity, value: str) -> bool:
        if self._beside_place(entity):
            return False
        if not _LETTER.search(value):
            return not _POSTAL.search(self._text[max(0, entity.start - 20) : entity.start])
        if REGIONAL.match(self._text, entity.end) or _is_camel(value) or self._in_code(entity):
            return True
        words = [word for word in WORD.findall(value) if not word.isdigit()]
        if len(words) == 1 and words[0].lower() in lexicon().generic:
            return True
        return len(words) < 2 and self._is_small(value.lstrip("0123456789 "))

    def _stands_alone(self, entity: Entity) -> bool:
        """Whether it is a place without regard to what stands near."""
        value = self._text[entity.start : entity.end]
        return _LETTER.search(value) is not None and not self.reject(entity)

    def _beside_place(self, entity: Entity) -> bool:
        """Whether a place with letters in it stands near."""
        return any(
            other is not entity and other.start - _NEAR < entity.end and entity.start < other.end + _NEAR
            for other in self._places
        )

    def _in_code(self, entity: Entity) -> bool:
        text = self._text
        return text.endswith(_CODE_BEFORE, 0, entity.start) or text.startswith(_CODE_AFTER, entity.end)

    def _begins(self, entity: Entity) -> bool:
        """Whether a sentence or a line begins with it."""
        before = self._text[max(0, entity.start - 6) : entity.start].rstrip(" *#>-\"'")
        return not before or before[-1] in ".!?:;\n"

    def _is_small(self, value: str) -> bool:
        """Whether it is written small where the text writes names large."""
        return value[:1].islower() and any(map(str.isupper, self._text))

    @cached_property
    def _has_small(self) -> bool:
        return any(map(str.islower, self._text))


def _is_camel(value: str) -> bool:
    return any(_CAMEL.search(word) and not _NAME_PREFIX.match(word) for word in value.split())


def _is_developers(value: str) -> bool:
    """Whether all of its words are words of developers, but for verbs and articles before them."""
    known = lexicon()
    lowered = " ".join(value.lower().split())
    words = WORD.findall(lowered)
    while words and words[0] in known.common:
        words = words[1:]
    words = [word for word in words if not word.isdigit()] if len(words) > 1 else words
    return lowered in known.developer or (bool(words) and all(word in known.developer for word in words))
