"""The ends of a path: sources outside the program, credentials, personal data."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.call import GENERATING
from prodworthy.flow import known
from prodworthy.flow.credentials import credential_name
from prodworthy.flow.graph import SAFE, Answers, End, place, written
from prodworthy.flow.personal import words
from prodworthy.flow.sources import bare
from prodworthy.model.schema import PersonalElement
from prodworthy.resolve import datafields
from prodworthy.resolve.find import RAW
from prodworthy.resolve.index import dotted
from prodworthy.resolve.values import (
    Answer,
    Class,
    Client,
    Const,
    Endpoint,
    Frame,
    Function,
    Instance,
    Site,
)

if TYPE_CHECKING:
    from prodworthy.flow.relation import Relation

_PEOPLE = frozenset(
    [
        *("user", "customer", "patient", "client", "contact", "account", "person", "member", "applicant"),
        *("candidate", "employee", "student", "lead", "profile", "subscriber", "guest", "owner", "buyer"),
        *("tenant", "donor", "attendee", "participant", "author", "teacher", "doctor", "people", "me"),
    ]
)
"""Words for what has an e-mail address of its own."""


def external(rel: Relation, name: str, node: ast.expr, frame: Frame, safe: frozenset[str] = SAFE) -> Answers:
    """The source that a value outside the project is; nothing if it is none."""
    if name.startswith(known.ENVIRONMENT):
        return environment(node, frame)
    found = rel.flow.sources.value(name)
    if found is None:
        return []
    return [End(found[0].kind, written(node), place(Site(node, frame)), safe)]


def environment(node: ast.expr, frame: Frame) -> Answers:
    """An environment variable; one that holds a key is a credential."""
    kind = "credential" if credential_name(_key(node)) else "environment"
    return [End(kind, written(node), place(Site(node, frame)))]


def _key(node: ast.expr) -> str:
    key: ast.expr | None = None
    if isinstance(node, ast.Call) and node.args:
        key = node.args[0]
    elif isinstance(node, ast.Subscript):
        key = node.slice
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def named(rel: Relation, node: ast.Name | ast.Attribute, frame: Frame) -> Answers:
    """What the name of a variable or attribute says that it is."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    found = personal(rel, name, node, frame, column=isinstance(node, ast.Attribute))
    if credential_name(name) and not _is_known(rel, node, frame):
        found.append(End("credential", written(node), place(Site(node, frame))))
    return found


def personal(rel: Relation, name: str, node: ast.expr, frame: Frame, column: bool) -> Answers:
    """The personal data that a value is by its type, or by the name of its field, column or variable.

    A field or column says more than a variable does: ``email`` alone is as often the message as the address.
    """
    element = rel.fields.personal_type(node, frame)
    confidence = "high" if element is not None else "medium"
    if element is None:
        element = rel.flow.lexicon.named(name)
        if element is None or not _counts(element, name, column):
            return []
        if element.name == "email" and len(words(name)) == 1 and not _of_a_person(rel, node, frame):
            return []
    if _is_known(rel, node, frame):
        return []
    return [_personal(element, node, frame, "row" if column else "parameter", confidence)]


def _of_a_person(rel: Relation, node: ast.expr, frame: Frame) -> bool:
    """Whether an ``email`` belongs to somebody and is no message: its holder is called a person, or has
    other personal fields as well.
    """
    base = node.func if isinstance(node, ast.Call) else node
    holder = base.value if isinstance(base, (ast.Attribute, ast.Subscript)) else None
    if holder is None:
        return True
    if not _PEOPLE.isdisjoint(w.removesuffix("s") for w in words(dotted(holder).rpartition(".")[2])):
        return True
    text = dotted(holder)
    return any(
        key != "email" and (found := rel.flow.lexicon.named(key)) is not None and found.confidence != "low"
        for key in rel.flow.keys_of(frame.module, text)
    )


def _counts(element: PersonalElement, name: str, column: bool) -> bool:
    if element.confidence == "low":
        return False
    if column:
        return True
    return element.confidence == "high" and not (element.category == "contact" and len(words(name)) == 1)


def columns(rel: Relation, names: list[str], node: ast.expr, frame: Frame) -> Answers:
    """The personal data in a row or table with these columns, where it is used whole."""
    found = [(n, e) for n in names if (e := rel.flow.lexicon.named(n)) and _counts(e, n, True)]
    return [
        _personal(element, node, frame, "row", "medium", f"{written(node)} ({name})", whole=True)
        for name, element in found[:3]
    ]


def poured(rel: Relation, value: Instance, node: ast.expr, frame: Frame) -> Answers:
    """The personal fields of a data object that is written out whole."""
    if not datafields.is_data(rel.resolver, value.cls):
        return []
    found: Answers = []
    for name in datafields.data_fields(rel.resolver, value.cls):
        element, sure = rel.fields.personal_field(value.cls, name)
        if element is None:
            element = rel.flow.lexicon.named(name)
            sure = "medium"
            if element is None or not _counts(element, name, True):
                continue
        label = f"{written(node)}.{name}"
        found.append(_personal(element, node, frame, "row", sure, label, whole=True))
    return found[:3]


def _personal(
    element: PersonalElement,
    node: ast.expr,
    frame: Frame,
    kind: str,
    confidence: str,
    label: str = "",
    whole: bool = False,
) -> End:
    return End(
        kind,
        label or written(node),
        place(Site(node, frame)),
        frozenset({"validation"}),
        personal=element.name,
        confidence=confidence,
        whole=whole,
    )


def _is_known(rel: Relation, node: ast.expr, frame: Frame) -> bool:
    values = rel.resolver.values(node, frame)
    return any(isinstance(v, (Const, Function, Class, Endpoint, Client, Answer)) for v in values)


def answered(
    rel: Relation, answer: Answer, node: ast.expr, frame: Frame, safe: frozenset[str] = SAFE
) -> Answers:
    """What a request gives back: a model's text, or what another service sends."""
    endpoint = answer.endpoint
    kind = "model-output" if endpoint.model.api in GENERATING else ""
    if endpoint.sdk.name == RAW:
        kind = "model-output" if rel.flow.reaches_model(answer) else "page"
    raw = endpoint.sdk.name == RAW
    attributes, items = _read(node)
    if not kind or not known.ASIDE.isdisjoint([*attributes, *items]):
        return []
    if raw and kind == "model-output" and items and not known.writes(items):
        return []
    found = End(kind, f"{dotted(node)}", place(Site(node, frame)), safe)
    found.envelope = raw and not items
    return [found]


def _read(node: ast.expr) -> tuple[list[str], list[str]]:
    """The attributes and the keys by which a part of an answer is read."""
    attributes: list[str] = []
    items: list[str] = []
    while True:
        match node:
            case ast.Attribute(attr=key, value=inner):
                attributes.append(key)
                node = inner
            case ast.Subscript(slice=ast.Constant(value=str() as key), value=inner):
                items.append(key)
                node = inner
            case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
                node = inner
            case _:
                return attributes, items


def is_environment(name: str) -> bool:
    """Whether the qualified ``name`` reads the environment."""
    return bare(name).startswith(known.ENVIRONMENT)
