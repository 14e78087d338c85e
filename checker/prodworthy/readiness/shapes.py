"""The shapes of the knowledge files behind the readiness report: ``models/readiness`` of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False, repr=False)
class AttestationModel:
    """What only a person can say.

    Attributes:
        key: its name under ``[tool.prodworthy.attestations]``.
        title: what it is about, in a few words.
        says: what its owner says with it.
    """

    key: str
    title: str
    says: str


@dataclass(slots=True, eq=False, repr=False)
class SectionModel:
    """A section of the production guide.

    Attributes:
        name: as rules name it in ``Rule.guide``.
        asks: what it asks of an application.
        runtime: what the middleware does for it.
        tables: the configuration tables that switch that on.
    """

    name: str
    asks: str
    attestation: list[AttestationModel] = field(default_factory=list)
    runtime: str = ""
    tables: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class GuideModel:
    """``guide.toml``: the sections in their order."""

    section: list[SectionModel]


@dataclass(slots=True, eq=False, repr=False)
class ItemModel:
    """One item of a standard: a risk, a weakness, an article, a criterion.

    Attributes:
        why: what findings of ``rules`` have to do with it.
        url: where it can be read, if not at the standard's own address.
        rules: codes.
        attestations: keys.
    """

    id: str
    title: str
    why: str = ""
    url: str = ""
    rules: list[str] = field(default_factory=list)
    attestations: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class StandardModel:
    """``standards/*.toml``.

    Attributes:
        note: to whom it applies, and what a finding says about it.
        of_rules: ``cwe`` or ``owasp`` where rules themselves tell their items, else empty.
    """

    name: str
    title: str
    url: str
    note: str
    item: list[ItemModel]
    of_rules: str = ""


@dataclass(slots=True, eq=False, repr=False)
class NeedModel:
    """What some rules need to have anything to look at, by its name in `applicability.NEEDS`."""

    needs: str
    rules: list[str]


@dataclass(slots=True, eq=False, repr=False)
class ApplicabilityModel:
    """``applicability.toml``."""

    need: list[NeedModel]


@dataclass(slots=True, eq=False, repr=False)
class ProviderModel:
    """Who answers calls.

    Attributes:
        sdks: SDK models whose calls go to it unless an address says otherwise.
        hosts: its names in ``hosts.toml``.
        clients: last names of classes that tell it whatever the SDK; ``*`` for any text.
        prefixes: what stands before the ``/`` in the model names of routers.
    """

    id: str
    name: str
    sdks: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class ProvidersModel:
    """``providers.toml``."""

    provider: list[ProviderModel]
