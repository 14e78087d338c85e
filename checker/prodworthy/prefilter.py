"""Whether a source can hold an LLM call, told from its text alone."""

from __future__ import annotations

import re
from functools import cached_property

from prodworthy.model.knowledge import Knowledge, own_names

_DISTINCTIVE = (
    ".chat.completions.",
    ".completions.create(",
    ".messages.create(",
    ".messages.stream(",
    ".responses.create(",
    ".embeddings.create(",
    ".generate_content",
    ".ainvoke(",
    ".invoke(",
    ".astream(",
    ".acomplete(",
    ".invoke_model",
    ".converse(",
    ".kickoff(",
    "/chat/completions",
    "/v1/messages",
    ":generateContent",
    "ChatCompletion.",
)
"""Texts that make a file worth reading although it imports no SDK."""

_SUSPECT = re.compile(
    r"max_(?:new_|output_|completion_)?tokens|temperature|system_prompt|\bllm|_llm\b|_gpt\b"
)
"""A text without any of these holds no call that merely looks like an LLM call."""


_GENERIC = frozenset(
    {
        "append",
        "append_async",
        "apply",
        "ask",
        "batch",
        "call",
        "cli_app",
        "create",
        "defer",
        "edit",
        "embed",
        "forward",
        "gen",
        "generations",
        "iter",
        "open",
        "parse",
        "post",
        "predict",
        "query",
        "request",
        "response",
        "responses",
        "run",
        "sample",
        "send",
        "speech",
        "start",
        "step",
        "stream",
        "submit",
        "summarize",
        "transcribe",
        "translate",
        "urlopen",
    }
)
"""Methods of SDKs whose names other objects have as well."""

_METHOD = re.compile(r"\.(\w+)\(")


class Prefilter:
    """Knows the import roots of every SDK."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        own = {model.name for model in knowledge.own}
        roots = {root for root, sdks in knowledge.sdk_roots.items() if not own.issuperset(sdks)}
        self._roots = tuple(sorted({root.partition(".")[0] for root in roots}))
        self._words = (*_DISTINCTIVE, *_own_words(knowledge))
        names = "|".join(map(re.escape, self._roots))
        self._imports = re.compile(
            rf"(?:^|[\s;(\"'])(?:import|from|import_module\()\s*[\"']?(?:[\w.]+\s*,\s*)*(?:{names})\b"
        )

    def touches(self, text: str) -> bool:
        """Whether ``text`` imports an SDK or an HTTP library, names an LLM's API or calls a method of one."""
        if any(root in text for root in self._roots) and self._imports.search(text) is not None:
            return True
        if any(word in text for word in self._words):
            return True
        return not self._methods.isdisjoint(_METHOD.findall(text))

    @cached_property
    def _methods(self) -> frozenset[str]:
        return self.knowledge.tails - _GENERIC

    def suspects(self, text: str) -> bool:
        """Whether ``text`` may hold an LLM call that nothing but its arguments and names would tell."""
        return _SUSPECT.search(text) is not None


def _own_words(knowledge: Knowledge) -> set[str]:
    """One of which stands wherever a user's own wrapper is used: its class, function or a method."""
    words = {name.rpartition(".")[2] for model in knowledge.own for name in own_names(model)}
    methods = {p.rpartition(".")[2] for model in knowledge.own for c in model.call if c.on for p in c.paths}
    return words | {f".{method}" for method in methods - {"__call__"}}
