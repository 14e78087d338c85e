"""``[tool.prodworthy.privacy]``: what counts as personal data, for the checker and the redactor alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import ValidationError

from prodworthy_redact.errors import PolicyError
from prodworthy_redact.kinds import catalogue
from prodworthy_redact.tables import Table, complaints, unknown


class PrivacyTable(Table):
    """The table.

    Attributes:
        entities: the only kinds that count; by default all.
        languages: as for ``redact``, which wins.
        regions: as for ``redact``, which wins.
        allow: values that are nobody's; those of ``redact`` are added.
    """

    entities: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    allow: tuple[str, ...] | None = None


def privacy_of(tables: Mapping[str, object]) -> PrivacyTable:
    """The table ``privacy`` of a configuration whose ``redact`` may bring kinds of its own.

    Raises:
        PolicyError: names the key or the entity, and the nearest that is known.
    """
    try:
        table = PrivacyTable.model_validate(_mapping(tables.get("privacy")))
    except ValidationError as error:
        told = (line.replace("`", "`privacy.", 1) for line in complaints(error, PrivacyTable))
        raise PolicyError("\n".join(told)) from error
    known = kinds() | _own(_mapping(tables.get("redact")))
    for kind in table.entities or ():
        if kind not in known:
            raise PolicyError(f"`privacy.entities`: {unknown('entity', kind, known)}")
    if table.entities is not None and not table.entities:
        raise PolicyError("`privacy.entities`: an empty list protects nothing; leave it out for all kinds")
    return table


def kinds() -> frozenset[str]:
    """Every kind that a configuration can name: what is found in texts, and what only names in code tell."""
    return catalogue().kinds | catalogue().code


def _own(redact: Mapping[object, object]) -> frozenset[str]:
    """The kinds that the user's recognizers and denied values bring."""
    recognizers, denied = redact.get("recognizers"), redact.get("deny")
    listed = recognizers if isinstance(recognizers, Collection) else ()
    found = {str(r["entity"]) for r in listed if isinstance(r, Mapping) and r.get("entity")}
    return frozenset(
        found | ({str(kind) for kind in denied} if isinstance(denied, Mapping) else {"CONFIDENTIAL"})
    )


def _mapping(value: object) -> Mapping[object, object]:
    return value if isinstance(value, Mapping) else {}
