"""Where a setting that is missing could be written."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from prodworthy.call import Opening
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import Arguments, Client
from prodworthy.resolve.wellknown import HANDED_ON

_PASS_KEYWORDS = frozenset({"to_thread", "run_in_threadpool", "submit"})
"""Those functions that call what they are given and hand keyword arguments on."""


def opening(found: Found, role: str) -> Opening | None:
    """The call that ``role`` can be added to: the client's construction where it takes it, else the request.

    A cap on the output goes where the model is named, or into the body of a raw request. Of several
    clients that the call may go through all count.

    None where the parameter stands inside an argument that is no plain dictionary, arguments are
    unpacked, or a client is built out of view.
    """
    first = _of_one(found, role)
    if first is None:
        return None
    others = [_of_one(other, role) for other in found.others]
    also = [o for o in others if o is not None]
    if len(also) < len(others):
        return None
    by_span = {one.call: one for one in also if one.call != first.call}
    return replace(first, also=tuple(by_span.values()))


def _of_one(found: Found, role: str) -> Opening | None:
    own = found.endpoint.model.params
    if found.target is not None and role in found.target.endpoint.params:
        return _in_body(found, found.target.endpoint.params[role], own.get("body", ()))
    client = found.endpoint.client
    caps_elsewhere = role == "output_cap" and client is not None and "model" not in own
    if role == "output_cap" and not caps_elsewhere:
        client = None
    while client is not None:
        if role in client.model.params:
            if not _is_built(client):
                return None
            return _opening(client.layers[-1], client.model.params[role], client.sdk.mappings)
        client = client.inner
    if caps_elsewhere or tail(found.node.func) in HANDED_ON - _PASS_KEYWORDS:
        return None
    positional = len(found.endpoint.model.positional)
    named = _opening(found.given, own.get(role, ()), found.endpoint.sdk.mappings)
    return replace(named, positional=positional) if named is not None else None


def _in_body(found: Found, names: Sequence[str], bodies: Sequence[str]) -> Opening | None:
    """The JSON body of a raw request, by every name that it may have."""
    assert found.target is not None
    node = found.given.node
    if node is None or found.given.unpacked or found.given.starred or not bodies:
        return None
    paths = tuple(f"{body}.{name}" for name in names for body in bodies)
    span = found.given.frame.module.source.span(node)
    return Opening(span, paths, provider=found.target.provider)


def _is_built(client: Client) -> bool:
    """Whether the client is made by its SDK's own constructor, not by that of a class derived from it."""
    node = client.layers[-1].node if client.seen and client.layers else None
    return node is not None and tail(node.func) == client.qualified.rpartition(".")[2]


def _opening(given: Arguments, names: Sequence[str], mappings: Sequence[str]) -> Opening | None:
    node = given.node
    if node is None or not names or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    if given.unpacked or given.starred or names[0].startswith("#"):
        return None
    inside = "." in names[0]
    if inside and names[0].partition(".")[0] not in mappings:
        return None
    plain = tuple(n.removesuffix(":ms") for n in names if ("." in n) == inside and not n.startswith("#"))
    milliseconds = names[0].endswith(("_ms", ":ms"))
    return Opening(given.frame.module.source.span(node), plain, milliseconds, tuple(mappings))
