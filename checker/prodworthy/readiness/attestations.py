"""``[tool.prodworthy.attestations]``: what only people can say, by whom and until when."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from prodworthy.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Attestation:
    """What somebody answers for.

    Attributes:
        owner: who.
        date: the day on which they said so.
        expires: the last day on which it holds.
        evidence: where that can be seen: an address or the name of a document.
        note: what else there is to say; where ``applies`` is false, why.
        applies: false if the owner says that it does not concern this application.
    """

    owner: str
    date: datetime.date
    expires: datetime.date
    evidence: str = ""
    note: str = ""
    applies: bool = True


class State(StrEnum):
    """What an attestation is worth on a day."""

    ATTESTED = "attested"
    EXPIRED = "expired"
    FUTURE = "future"
    NOT_APPLICABLE = "not-applicable"
    MISSING = "missing"


def state_on(day: datetime.date, given: Attestation | None) -> State:
    """What ``given`` is worth on ``day``; it still holds on the day of its expiry."""
    if given is None:
        return State.MISSING
    if given.expires < day:
        return State.EXPIRED
    if given.date > day:
        return State.FUTURE
    return State.ATTESTED if given.applies else State.NOT_APPLICABLE


def _no_number(value: object) -> object:
    if not isinstance(value, (str, datetime.date)):
        raise ValueError("write a date such as 2026-12-31")
    return value


_Date = Annotated[datetime.date, BeforeValidator(_no_number)]


class AttestationTable(BaseModel):
    """One attestation as users write it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: Annotated[str, Field(min_length=1, strict=True)]
    date: _Date
    expires: _Date
    evidence: str = ""
    note: str = ""
    applies: Annotated[bool, Field(strict=True)] = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.expires < self.date:
            raise ValueError(f"it expires on {self.expires}, before its date {self.date}")
        if not self.applies and not self.note:
            raise ValueError("with `applies = false`, `note` says why it does not apply")
        return self


def judge(file: Path, tables: Mapping[str, object]) -> dict[str, Attestation]:
    """``tables`` of ``file``, judged.

    Raises:
        ConfigError: names the file, the key and, for an unknown one, the nearest known.
    """
    from prodworthy.pack import load_packs
    from prodworthy.readiness import knowledge

    known = knowledge.attestations(load_packs())
    complaints, judged = [], {}
    for key, table in tables.items():
        if key not in known:
            complaints.append(f"unknown key `attestations.{key}`; {_nearest(key, known)}")
            continue
        try:
            given = AttestationTable.model_validate(table)
        except ValidationError as error:
            complaints += [_complaint(key, e["type"], e["loc"], e["msg"]) for e in error.errors()]
        else:
            judged[key] = Attestation(**given.model_dump())
    if complaints:
        raise ConfigError("\n".join(f"{file}: {complaint}" for complaint in complaints))
    return judged


def _complaint(key: str, kind: str, place: tuple[int | str, ...], message: str) -> str:
    name = ".".join(["attestations", key, *map(str, place)])
    if kind == "extra_forbidden":
        return f"unknown key `{name}`; {_nearest(str(place[0]), AttestationTable.model_fields)}"
    message = message.removeprefix("Value error, ")
    return f"`{name}`: {message[:1].lower()}{message[1:]}"


def _nearest(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key.replace("_", "-"), known, 1, 0.5)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"
