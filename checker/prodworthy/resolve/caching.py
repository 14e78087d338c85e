"""Caches around a call: decorators, look-ups and switches that keep an answer for the next time."""

from __future__ import annotations

import ast
import re

from prodworthy.resolve.index import dotted
from prodworthy.resolve.outward import Step, own

_CACHING = re.compile(r"cache|memo(ize|ise|ry\.cache|_|$)|redis|diskcache|\bstore\b", re.IGNORECASE)


def cached(around: list[Step]) -> bool:
    """Whether a function around the call keeps answers, or looks one up, or its module switches that on."""
    for step in around:
        function = step.function
        if function is None:
            continue
        if any(_CACHING.search(ast.unparse(decorator)) for decorator in function.decorator_list):
            return True
        for node in own(function.body):
            named = isinstance(node, (ast.Name, ast.Attribute, ast.Call))
            if named and _CACHING.search(dotted(node.func if isinstance(node, ast.Call) else node)):
                return True
    return any(_switched_on(step) for step in around[-1:])


def _switched_on(step: Step) -> bool:
    """``set_llm_cache(...)``, ``litellm.cache = Cache()``, a client that caches."""
    for call in step.module.calls:
        if _CACHING.search(dotted(call.func)):
            return True
    return any(_CACHING.search(attribute) for _, attribute in step.module.stores)
