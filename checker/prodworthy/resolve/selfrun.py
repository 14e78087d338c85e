"""Whether the server behind a call is one that the project runs itself: nobody limits or bills it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prodworthy.resolve import settings
from prodworthy.resolve.find import Found
from prodworthy.resolve.values import Const, Mapping, Site, Values

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver

_NO_KEYS = frozenset(
    {
        *("none", "null", "empty", "na", "n/a", "not-needed", "not-required", "no-key", "no-key-required"),
        *("no_key", "nokey", "unused", "ignored", "local", "lm-studio", "lm_studio", "ollama", "vllm"),
        *("llama.cpp", "sk-no-key-required", "not_needed", "not-used", "no-key-needed"),
    }
)
"""What stands for a key where the SDK wants one and the server does not, in lower case."""


def needs_no_key(r: Resolver, found: Found) -> bool:
    """Whether the key of a call is, or may be, a word that no provider takes for one."""
    values = settings.every(r, found.endpoint, found.given, "api_key")
    for header in settings.every(r, found.endpoint, found.given, "headers"):
        if isinstance(header, Mapping):
            for name in ("Authorization", "authorization", "x-api-key", "api-key"):
                for option in header.entries.get(name, ()):
                    if option.site is not None:
                        values += _pieces(r, option.site)
    words = {v.value.strip().lower() for v in values if isinstance(v, Const) and isinstance(v.value, str)}
    return not words.isdisjoint(_NO_KEYS)


def _pieces(r: Resolver, site: Site) -> Values:
    """What the names inside ``f"Bearer {key}"`` can be."""
    found: Values = ()
    for node in _names(site.node):
        found += r.values(node, site.frame)
    return found


def _names(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, (ast.Name, ast.Attribute)):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _names(child)
