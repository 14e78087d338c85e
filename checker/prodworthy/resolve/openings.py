"""Where a setting that is missing could be written."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from prodworthy.call import Opening
from prodworthy.resolve.find import Found
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import Arguments, Client
from prodworthy.resolve.wellknown import HANDED_ON

_PASS_KEYWORDS = frozenset({"to_thread", "run_in_threadpool", "submit"})
"""Those functions that call what they are given and hand keyword arguments on."""


def opening(found: Found, role: str) -> Opening | None:
    """The call that ``role`` can be added to: the client's construction where it takes it, else the request.

    A cap on the output goes where the model is named.

    None where the parameter stands inside another one, arguments are unpacked, or the client is
    built out of view.
    """
    if found.target is not None and role in found.target.endpoint.params:
        return None
    own = found.endpoint.model.params
    client = found.endpoint.client
    caps_elsewhere = role == "output_cap" and client is not None and "model" not in own
    if role == "output_cap" and not caps_elsewhere:
        client = None
    while client is not None:
        if role in client.model.params:
            return _opening(client.layers[-1], client.model.params[role]) if _is_built(client) else None
        client = client.inner
    if caps_elsewhere or tail(found.node.func) in HANDED_ON - _PASS_KEYWORDS:
        return None
    return _opening(found.given, own.get(role, ()))


def _is_built(client: Client) -> bool:
    """Whether the client is made by its SDK's own constructor, not by that of a class derived from it."""
    node = client.layers[-1].node if client.seen and client.layers else None
    return node is not None and tail(node.func) == client.qualified.rpartition(".")[2]


def _opening(given: Arguments, names: Sequence[str]) -> Opening | None:
    node = given.node
    if node is None or not names or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    if given.unpacked or given.starred or "." in names[0] or names[0].startswith("#"):
        return None
    plain = tuple(name.removesuffix(":ms") for name in names if "." not in name and not name.startswith("#"))
    milliseconds = names[0].endswith(("_ms", ":ms"))
    return Opening(given.frame.module.source.span(node), plain, milliseconds)
