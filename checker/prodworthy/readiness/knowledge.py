"""What the packs know of the guide, of standards and of providers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prodworthy.model.load import load
from prodworthy.pack import Packs
from prodworthy.readiness.shapes import (
    ApplicabilityModel,
    AttestationModel,
    GuideModel,
    ProviderModel,
    ProvidersModel,
    SectionModel,
    StandardModel,
)

_FOLDER = "readiness"


def sections(packs: Packs) -> tuple[SectionModel, ...]:
    """The sections of the guide in their order.

    Raises:
        ModelError: a file does not have the shape it must have.
    """
    return tuple(s for file in _files(packs, "guide.toml") for s in load(file, GuideModel).section)


def attestations(packs: Packs) -> dict[str, AttestationModel]:
    """What only people can say, by key."""
    return {known.key: known for section in sections(packs) for known in section.attestation}


def standards(packs: Packs) -> tuple[StandardModel, ...]:
    """The standards, in the order of their files' names."""
    return tuple(load(file, StandardModel) for file in _files(packs, "standards/*.toml"))


def providers(packs: Packs) -> tuple[ProviderModel, ...]:
    """Who can answer calls."""
    return tuple(p for file in _files(packs, "providers.toml") for p in load(file, ProvidersModel).provider)


def needs(packs: Packs) -> dict[str, str]:
    """Rule -> what it needs to have anything to look at, for rules that need more than a call or a file."""
    models = (load(file, ApplicabilityModel) for file in _files(packs, "applicability.toml"))
    return {code: need.needs for model in models for need in model.need for code in need.rules}


def _files(packs: Packs, pattern: str) -> Iterator[Path]:
    for folder in packs.models:
        yield from sorted((folder / _FOLDER).glob(pattern))
