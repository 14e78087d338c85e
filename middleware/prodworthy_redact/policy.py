"""What to look for and what to do with it: ``[tool.prodworthy.redact]`` and ``[tool.prodworthy.privacy]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.kinds import catalogue
from prodworthy_redact.privacy import kinds, privacy_of
from prodworthy_redact.tables import Table, complaints, read_tables, unknown
from prodworthy_redact.wordlist import words_of


class Action(StrEnum):
    """What becomes of an entity.

    ``replace``: a placeholder that is restored in the answer. ``mask``: stars. ``hash``: a keyed digest.
    ``surrogate``: an invented value, the same for the same value. ``encrypt``: a token only the key opens.
    ``block``: the whole request is refused. ``allow``: it stays.
    """

    REPLACE = "replace"
    MASK = "mask"
    HASH = "hash"
    SURROGATE = "surrogate"
    ENCRYPT = "encrypt"
    BLOCK = "block"
    ALLOW = "allow"


Score = Annotated[float, Field(ge=0, le=1)]


class EntityPolicy(Table):
    """What holds for one kind of entity.

    Attributes:
        action: what becomes of it; by default the policy's own.
        threshold: the score from which on it counts; by default the policy's own.
    """

    action: Action | None = None
    threshold: Score | None = None


class OwnRecognizer(Table):
    """A recognizer of the user's own.

    Attributes:
        entity: the kind it finds; may be a new one.
        regex: one or more expressions, in the syntax of the ``regex`` package, as presidio's are.
        score: of a match without context.
        context: words that raise the score by 0.35 where they stand up to five words before.
        check: ``module:function``; gets the match, answers True (score 1), False (no entity) or None.
        ignore_case: whether expressions ignore case.
        use: ``module:Class`` of any presidio recognizer instead of ``regex``.
        options: keyword arguments for that class.
    """

    entity: str = ""
    regex: tuple[str, ...] = ()
    score: Score = 0.5
    context: tuple[str, ...] = ()
    check: str = ""
    ignore_case: bool = True
    use: str = ""
    options: dict[str, object] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_regex(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("regex"), str):
            return {**data, "regex": [data["regex"]]}
        return data

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.use) == bool(self.regex):
            raise ValueError("give either `regex` or `use`")
        if self.regex and not all(self.regex):
            raise ValueError("an empty `regex` finds nothing")
        if self.regex and not _KIND.fullmatch(self.entity):
            raise ValueError("`entity` must be a name such as EMPLOYEE_ID")
        for reference in filter(None, (self.use, self.check)):
            if not _REFERENCE.fullmatch(reference):
                raise ValueError(f"`{reference}` must be written as module:name")
        return self


_NOTHING_SAID = EntityPolicy()
_INSIDE: dict[str, type[Table]] = {"entities": EntityPolicy, "recognizers": OwnRecognizer}


def _entity_table(value: object) -> object:
    """``PERSON = "mask"`` is short for ``PERSON = { action = "mask" }``."""
    if not isinstance(value, dict):
        return value
    return {k: {"action": v} if isinstance(v, str) else v for k, v in value.items()}


def _deny_table(value: object) -> object:
    """A plain list of values is of the kind CONFIDENTIAL."""
    return {"CONFIDENTIAL": value} if isinstance(value, list | tuple) else value


_LANGUAGES = words_of(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de"
    " dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id"
    " ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu"
    " lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu"
    " rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr"
    " ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_KIND = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Policy(Table):
    """What to look for and what to do with it. Frozen; a mistake is a `PolicyError` when it is built.

    Attributes:
        action: what becomes of every kind that ``entities`` does not name.
        threshold: the score from which on an entity counts, for every kind that ``entities`` does not name.
        entities: kind -> action and threshold.
        only: where given, the only kinds that are looked for (``[privacy] entities``).
        languages: of the texts, two letters; they choose context words and recognizers.
        regions: countries whose own identifiers are looked for (``us``, ``uk``, ``de``, ...), or ``all``.
        allow: values that stay, whatever finds them; compared without regard to case.
        allow_patterns: the same as regular expressions that must match the whole value.
        deny: kind -> values that are always found, as whole words, without regard to case.
        recognizers: the user's own.
        names: whether a model for names of people and places is used: where one is installed
            (``auto``), never (``off``), or always, so that its absence is an error (``required``).
        names_model: ``auto``, or a model: ``rampart``, ``spacy:NAME``, ``transformers:PATH``,
            ``gliner:PATH``.
        credentials: whether API keys and tokens are looked for.
        extra: whether what presidio has no pattern for is too: written-out dates, ages, labelled numbers,
            employers, nationalities of people, personal pages.
        answers: ``restore``, or ``restore-and-redact``: what the model brings up is redacted too.
        on_error: ``block`` refuses to send what could not be scanned; ``allow`` sends it as it is.
        vault: ``memory``, ``file:PATH`` or ``redis://...``.
        ttl: seconds after its last use that a session is forgotten.
        max_sessions: how many sessions a vault keeps.
        max_values: how many values a session keeps; one more is an error.
        max_text: characters in one request; more is refused.
        max_body: bytes in one request that a transport sends; more is refused.
        binary: whether transports send what they cannot read, such as images and audio, or refuse it.
        hosts: whose requests transports redact, besides the known providers.
        cache_size: texts whose entities are remembered; 0 remembers none.
    """

    action: Action = Action.REPLACE
    threshold: Score = 0.4
    entities: Annotated[dict[str, EntityPolicy], BeforeValidator(_entity_table)] = Field(default_factory=dict)
    only: tuple[str, ...] | None = None
    languages: tuple[str, ...] = ("en",)
    regions: tuple[str, ...] = ("us", "uk")
    allow: tuple[str, ...] = ()
    allow_patterns: tuple[str, ...] = ()
    deny: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_deny_table)] = Field(default_factory=dict)
    recognizers: tuple[OwnRecognizer, ...] = ()
    names: Literal["auto", "off", "required"] = "auto"
    names_model: str = "auto"
    credentials: bool = True
    extra: bool = True
    answers: Literal["restore", "restore-and-redact"] = "restore"
    on_error: Literal["block", "allow"] = "block"
    vault: str = "memory"
    ttl: Annotated[float, Field(gt=0)] = 3600
    max_sessions: Annotated[int, Field(gt=0)] = 10_000
    max_values: Annotated[int, Field(gt=0)] = 10_000
    max_text: Annotated[int, Field(gt=0)] = 20_000_000
    max_body: Annotated[int, Field(gt=0)] = 100_000_000
    binary: Literal["allow", "block"] = "allow"
    hosts: tuple[str, ...] = ()
    cache_size: Annotated[int, Field(ge=0)] = 2_048

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise PolicyError("\n".join(complaints(error, Policy, _INSIDE))) from error

    @classmethod
    def load(cls, path: str | Path | None = None) -> Policy:
        """The policy of a file, or of the nearest configuration at or above a folder (default: here).

        Raises:
            PolicyError: names the file, the key and, for an unknown one, the nearest known.
        """
        file, tables = read_tables(path, ("redact", "privacy"))
        try:
            return cls(**_merge(tables))
        except PolicyError as error:
            raise PolicyError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from error

    def of(self, kind: str) -> tuple[Action, float]:
        """The action and the threshold that hold for ``kind``."""
        given = self.entities.get(kind, _NOTHING_SAID)
        usual = Action.ALLOW if kind in catalogue().allowed and not self._asks_for(kind) else self.action
        return given.action or usual, self.threshold if given.threshold is None else given.threshold

    def wants_all(self, kind: str) -> bool:
        """Whether all of ``kind`` is wanted: of some kinds, only what is sure is found unless one asks."""
        return kind not in catalogue().sure or self._asks_for(kind)

    def _asks_for(self, kind: str) -> bool:
        given = self.entities.get(kind, _NOTHING_SAID)
        return given.action not in (None, Action.ALLOW) or kind in (self.only or ())

    def wants(self, kind: str) -> bool:
        """Whether ``kind`` is looked for at all: it is not allowed through, and is among ``only``."""
        return self.of(kind)[0] is not Action.ALLOW and (self.only is None or kind in self.only)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for place, named in (("entities", self.entities), ("only", self.only or ())):
            for kind in named:
                if kind not in self._kinds():
                    raise ValueError(f"`{place}`: {unknown('entity', kind, self._kinds())}")
        for region in self.regions:
            if region not in (*catalogue().regions, "all"):
                raise ValueError(f"`regions`: {unknown('region', region, (*catalogue().regions, 'all'))}")
        if not self.languages:
            raise ValueError("`languages`: at least one is needed")
        for language in self.languages:
            if language not in _LANGUAGES:
                raise ValueError(f"`languages`: `{language}` is no two-letter language code such as en")
        if self.only is not None and not self.only:
            raise ValueError("`only`: an empty list would redact nothing; leave it out to redact everything")
        if self.only is not None and catalogue().code.issuperset(self.only):
            told = "nothing finds these in a text, so that nothing would be redacted"
            raise ValueError(f"`only`: {', '.join(self.only)}: {told}")
        for kind, denied in self.deny.items():
            if not all(value.strip() for value in denied):
                raise ValueError(f"`deny`: {kind}: an empty value is nowhere to be found")
            if not _KIND.fullmatch(kind):
                raise ValueError(f"`deny`: `{kind}` must be a name such as PROJECT_NAME")
        for pattern in self.allow_patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                told = f"`allow_patterns`: `{pattern}` is no regular expression: {error}"
                raise ValueError(told) from error
        return self

    def _kinds(self) -> frozenset[str]:
        own = {recognizer.entity for recognizer in self.recognizers} | set(self.deny)
        return kinds() | own


def _merge(tables: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Both tables as one; what ``[redact]`` says wins, and the allow lists add up."""
    shared = privacy_of(tables).model_dump(exclude_none=True)
    only = shared.pop("entities", None)
    redact = {key.replace("-", "_"): value for key, value in tables.get("redact", {}).items()}
    allow, own = shared.get("allow", ()), redact.get("allow", ())
    if isinstance(own, list):
        shared["allow"] = redact["allow"] = [*allow, *own]
    return {**({"only": only} if only is not None else {}), **shared, **redact}
