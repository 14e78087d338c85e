"""The shape of ``[tool.prodworthy]`` as users write it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from prodworthy.config import Config, Policy, Profile
from prodworthy.errors import ConfigError

_UNITS = {"": 1, "B": 1, "K": 1024, "KB": 1024, "KIB": 1024, "M": 1024**2, "MB": 1024**2, "MIB": 1024**2}
_SIZE = re.compile(r"(\d+)\s*([a-zA-Z]*)")


def _bytes(value: object) -> object:
    """``"10 MB"`` as a number of bytes; anything else as it is, for pydantic to judge."""
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is not None and match[2].upper() in _UNITS:
        return int(match[1]) * _UNITS[match[2].upper()]
    return value


def _alias(name: str) -> str:
    return name.replace("_", "-")


class PolicyTable(BaseModel):
    """``[tool.prodworthy.policy]``: the values that fixes write.

    Attributes:
        output_cap: tokens of an answer.
        timeout: seconds that a call may take.
        retries: how often a call that failed is sent again.
        concurrency: calls under way at the same time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_alias)

    output_cap: Annotated[int, Field(gt=0, strict=True)] | None = None
    timeout: Annotated[int, Field(gt=0, strict=True)] | None = None
    retries: Annotated[int, Field(gt=0, strict=True)] | None = None
    concurrency: Annotated[int, Field(gt=0, strict=True)] | None = None

    def onto(self, base: Policy) -> Policy:
        """``base`` with what this table says."""
        return replace(base, **self.model_dump(exclude_none=True))


class ConfigTable(BaseModel):
    """``[tool.prodworthy]``, or the whole of prodworthy.toml.

    Attributes:
        extend: another configuration file, whose settings hold where this one says nothing.
        select: codes, prefixes of codes or names of rules that replace the profile's set.
        extend_select: rules that are on as well.
        ignore: rules that are off; of two selectors for a rule the longer one wins, of two alike this one.
        per_file_ignores: glob of files -> rules that are off in them.
        profile: how far the application is; ``prototype`` reports errors only, ``production`` optional
            rules too.
        pedantic: report what is not certain, too.
        check_tests: check the calls in test files, too.
        exclude: files and folders that are never checked, as .gitignore names them; replaces what is left out
            by default (``.venv``, ``node_modules``, ``build`` and the like).
        extend_exclude: files and folders that are not checked either, in the same form.
        max_file_size: a larger file is not read; bytes, or text such as ``"10 MB"``.
        policy: the values that fixes write.
        models: your own wrappers, sanitizers and sources.
        redact: what the redactor looks for and what becomes of it.
        privacy: what counts as personal data, for the checker and the redactor.
        budget: what may be used.
        gateway: how the gateway runs.
        attestations: what only people can confirm, by question of the readiness report.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_alias)

    extend: str | None = None
    select: list[str] | None = None
    extend_select: list[str] | None = None
    ignore: list[str] | None = None
    per_file_ignores: dict[str, list[str]] | None = None
    profile: Profile | None = None
    pedantic: bool | None = None
    check_tests: bool | None = None
    exclude: list[str] | None = None
    extend_exclude: list[str] | None = None
    max_file_size: Annotated[int, BeforeValidator(_bytes), Field(gt=0, strict=True)] | None = None
    policy: PolicyTable | None = None
    models: dict[str, dict[str, object]] | None = None
    redact: dict[str, object] | None = None
    privacy: dict[str, object] | None = None
    budget: dict[str, object] | None = None
    gateway: dict[str, object] | None = None
    attestations: dict[str, dict[str, object]] | None = None

    def onto(self, base: Config) -> Config:
        """``base`` with what this table says; lists that extend are added, others replace."""
        exclude = base.exclude if self.exclude is None else tuple(self.exclude)
        per_file = tuple((glob, tuple(codes)) for glob, codes in (self.per_file_ignores or {}).items())
        others = ("redact", "privacy", "budget", "gateway")
        tables = {name: table for name in others if (table := getattr(self, name)) is not None}
        return replace(
            base,
            select=base.select if self.select is None else tuple(self.select),
            extend_select=base.extend_select + tuple(self.extend_select or ()),
            ignore=base.ignore if self.ignore is None else tuple(self.ignore),
            per_file_ignores=base.per_file_ignores + per_file,
            profile=self.profile or base.profile,
            pedantic=base.pedantic if self.pedantic is None else self.pedantic,
            check_tests=base.check_tests if self.check_tests is None else self.check_tests,
            exclude=exclude + tuple(self.extend_exclude or ()),
            max_file_size=self.max_file_size or base.max_file_size,
            policy=base.policy if self.policy is None else self.policy.onto(base.policy),
            models={**base.models, **(self.models or {})},
            tables={**base.tables, **tables},
            attestations={**base.attestations, **(self.attestations or {})},
        )


KEYS = tuple(sorted(_alias(name) for name in ConfigTable.model_fields))


def read_table(file: Path, table: Mapping[str, object]) -> ConfigTable:
    """``table`` of ``file``, judged.

    Raises:
        ConfigError: names the file, the key and, for an unknown one, the nearest known.
    """
    try:
        given = ConfigTable.model_validate(dict(table))
    except ValidationError as error:
        told = [_complaint(file, e["type"], e["loc"], e["msg"]) for e in error.errors()]
        raise ConfigError("\n".join(told)) from error
    if given.models:
        from prodworthy.model.own import judge

        judge(file, given.models)
    if given.attestations:
        from prodworthy.readiness import attestations

        attestations.judge(file, given.attestations)
    return given


def _complaint(file: Path, kind: str, place: tuple[int | str, ...], message: str) -> str:
    key = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(key.replace("_", "-"), KEYS, 1, 0.5)
        hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(KEYS)}"
        return f"{file}: unknown key `{key}`; {hint}"
    return f"{file}: `{key}`: {message[:1].lower()}{message[1:]}"
