"""The AI bill of materials in CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/.

Models and SDKs are components with the places that use them as evidence; whoever answers calls is a service
across the trust boundary, with the categories of data that are sent there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import TextIO
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import DataClassification, DataFlow, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.model.service import Service
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from prodworthy import __version__
from prodworthy.readiness.assessment import Subject
from prodworthy.readiness.calls import Bound, CallFacts, Place
from prodworthy.report import words
from prodworthy.report.excerpt import printable

_RAW = "raw-http"
_TASKS = {
    "embeddings": "text-embedding",
    "images": "image-generation",
    "audio": "audio",
    "moderation": "moderation",
    "rerank": "reranking",
}
_GENERATION = "text-generation"
_UNNAMED = {
    Place.PRIVATE: "own or private host",
    Place.RUN_TIME: "provider chosen at run time",
    Place.UNKNOWN: "provider not in view",
}
_FIRST = ("$schema", "bomFormat", "specVersion", "serialNumber", "version", "metadata")


def write(
    facts: Sequence[CallFacts], subject: Subject, distribution: Callable[[str], str], out: TextIO
) -> None:
    """Write the bill of materials of ``subject``, whose calls are ``facts``.

    Args:
        facts: the calls.
        subject: what it is about; its day is the bill's.
        distribution: what pip installs for an SDK, empty where nobody knows.
        out: where to write to.
    """
    application = Component(
        name=printable(subject.project), type=ComponentType.APPLICATION, bom_ref="application"
    )
    sdks = [
        _sdk(name, some, distribution(name))
        for name, some in _by(facts, lambda fact: fact.call.sdk)
        if name != _RAW
    ]
    models: list[Component] = []
    services: list[Service] = []
    tasks: dict[str, str] = {}
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, _identity(facts, subject)), components=sdks)
    for name, some in _by(facts, words.provider):
        known = [fact for fact in some if fact.call.model.value is not None]
        by_model = _by(known, _named)
        answered = [_model(name, model, uses) for model, uses in by_model]
        tasks |= {str(made.bom_ref): _tasks(uses) for made, (_, uses) in zip(answered, by_model, strict=True)}
        service = _service(some)
        bom.register_dependency(service, answered)
        services.append(service)
        models += answered
    bom.components.update(models)
    bom.services.update(services)
    bom.metadata = BomMetaData(
        timestamp=datetime.combine(subject.date, time(), UTC),
        component=application,
        lifecycles=[PredefinedLifecycle(LifecyclePhase.PRE_BUILD)],
        tools=ToolRepository(
            components=[
                Component(name="prodworthy", version=str(__version__), type=ComponentType.APPLICATION)
            ]
        ),
        properties=[Property(name="prodworthy:revision", value=subject.revision)] if subject.revision else [],
    )
    bom.register_dependency(application, [*sdks, *services])
    out.write(_with_cards(JsonV1Dot6(bom).output_as_string(), tasks))


def _by(facts: Iterable[CallFacts], key: Callable[[CallFacts], str]) -> list[tuple[str, list[CallFacts]]]:
    """``facts`` in groups, in the order of their names."""
    groups: dict[str, list[CallFacts]] = {}
    for fact in facts:
        groups.setdefault(key(fact), []).append(fact)
    return sorted(groups.items())


def _sdk(name: str, facts: Sequence[CallFacts], distribution: str) -> Component:
    return Component(
        name=distribution or name,
        type=ComponentType.LIBRARY,
        bom_ref=f"sdk:{name}",
        purl=PackageURL("pypi", name=distribution) if distribution else None,
        evidence=_evidence(facts),
    )


def _model(provider: str, name: str, facts: Sequence[CallFacts]) -> Component:
    known = facts[0].provider
    return Component(
        name=name,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"model:{provider}:{name}",
        supplier=OrganizationalEntity(name=known.name) if known is not None else None,
        evidence=_evidence(facts),
        properties=[
            Property(name="prodworthy:api", value=api) for api in sorted({f.call.api for f in facts})
        ],
    )


def _service(facts: Sequence[CallFacts]) -> Service:
    """Who answers ``facts``; the data flows into it."""
    known = facts[0].provider
    data = sorted({line for fact in facts for line in words.data(fact)})
    counts = {
        "calls": len(facts),
        "calls-without-output-cap": sum(fact.bound is Bound.UNBOUNDED for fact in facts),
        "calls-with-model-not-in-view": sum(fact.call.model.value is None for fact in facts),
    }
    worst = [fact.worst_case for fact in facts if fact.worst_case is not None]
    if worst:
        counts["largest-known-output-tokens-per-call"] = max(worst)
    crosses = True if known is not None else False if facts[0].place is Place.PRIVATE else None
    return Service(
        name=known.name if known is not None else _UNNAMED[facts[0].place],
        bom_ref=f"provider:{known.id if known is not None else facts[0].place.value}",
        provider=OrganizationalEntity(name=known.name) if known is not None else None,
        x_trust_boundary=crosses,
        data=[DataClassification(flow=DataFlow.INBOUND, classification=line) for line in data],
        properties=[Property(name=f"prodworthy:{key}", value=str(count)) for key, count in counts.items()],
    )


def _evidence(facts: Sequence[CallFacts]) -> ComponentEvidence:
    return ComponentEvidence(
        occurrences=[
            Occurrence(
                location=printable(fact.call.span.path),
                line=fact.call.span.line,
                symbol=printable(fact.call.method),
                additional_context=f"cell {fact.call.span.cell}" if fact.call.span.cell else None,
            )
            for fact in facts
        ]
    )


def _named(fact: CallFacts) -> str:
    return printable(words.model(fact))


def _tasks(facts: Sequence[CallFacts]) -> str:
    """What a model does, where its calls agree on that."""
    tasks = {_TASKS.get(fact.call.api, _GENERATION) for fact in facts}
    return tasks.pop() if len(tasks) == 1 else ""


def _with_cards(text: str, tasks: Mapping[str, str]) -> str:
    """The document with what its models do, which the library cannot say yet, and places in their order."""
    document = json.loads(text)
    for component in document.get("components", ()):
        places = component.get("evidence", {}).get("occurrences", [])
        places.sort(key=lambda place: (place["location"], place.get("additionalContext", ""), place["line"]))
        if task := tasks.get(component.get("bom-ref", "")):
            component["modelCard"] = {"modelParameters": {"task": task}}
    document = {key: document[key] for key in (*_FIRST, *document) if key in document}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _identity(facts: Sequence[CallFacts], subject: Subject) -> str:
    """An address that is the same for the same calls on the same day."""
    told = [(f.call.span, f.call.sdk, words.provider(f), words.model(f), words.data(f)) for f in facts]
    digest = hashlib.sha256(repr((__version__, subject, told)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"urn:prodworthy:{digest}"
