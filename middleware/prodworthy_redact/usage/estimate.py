"""The most that a request can use, from what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

_OUTPUT = (
    "max_completion_tokens", "max_output_tokens", "max_tokens", "maxOutputTokens", "maxTokens",
    "maxTokenCount", "max_gen_len", "max_new_tokens", "num_predict", "max_tokens_to_sample",
)  # fmt: skip
_HOLDERS = (
    "generationConfig",
    "generation_config",
    "inferenceConfig",
    "options",
    "parameters",
    "textGenerationConfig",
)
_TIMES = ("n", "best_of", "candidateCount", "candidate_count", "num_generations")
_REFERENCES = frozenset({"file_id", "file_url", "fileUri", "file_uri", "s3Location"})
_URLS = frozenset({"image_url", "url"})
_FREE = re.compile(r"count_?tokens|/moderations|tokenize$|/files\b", re.IGNORECASE)
_NO_OUTPUT = re.compile(r"embed|/rerank|:predict$", re.IGNORECASE)
_MODEL_IN_PATH = re.compile(r"/(?:models|model|deployments|publishers/[^/]+/models)/([^/:]+(?::\d+)?)")
_PER_MESSAGE = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a budget sees it.

    Attributes:
        model: its name, from the body or the path.
        input: tokens that it can have at most: a token is at least a byte.
        output: tokens that it allows to be made; None if it names no limit.
        times: how many answers it asks for.
        references: pictures and files that it only refers to.
        key: digest of the API key.
        tag: what the caller says that it is for.
    """

    model: str
    input: int
    output: int | None
    times: int = 1
    references: int = 0
    key: str = ""
    tag: str = ""


def asked(path: str, body: object, size: int, key: str = "", tag: str = "") -> Asked:
    """What a request asks for; nothing where the provider takes no money for it.

    Args:
        path: of its URL.
        body: its JSON.
        size: bytes of its body.
        key: digest of the API key (`digest_of_key`).
        tag: what it is for.
    """
    data = body if isinstance(body, Mapping) else {}
    name = data.get("model") or data.get("modelId")
    if not isinstance(name, str):
        match = _MODEL_IN_PATH.search(path)
        name = unquote(match[1]) if match else ""
    if _FREE.search(path):
        return Asked(name[:200], 0, 0, 1, 0, key, tag)
    output = 0 if _NO_OUTPUT.search(path) else _first(data, _OUTPUT)
    messages = data.get("messages") or data.get("contents") or data.get("input")
    overhead = _PER_MESSAGE * (1 + (len(messages) if isinstance(messages, list) else 0))
    return Asked(
        name[:200], size + overhead, output, max(1, _first(data, _TIMES) or 1), _references(data), key, tag
    )


def _first(data: Mapping[str, object], names: tuple[str, ...]) -> int | None:
    for holder in (data, *(data.get(name) for name in _HOLDERS)):
        if isinstance(holder, Mapping):
            for name in names:
                value = holder.get(name)
                if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9:
                    return int(value)
    return None


def _references(data: object) -> int:
    return sum(1 for _ in _walk(data))


def _walk(data: object) -> Iterator[str]:
    stack = [data]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            for name, value in item.items():
                if isinstance(value, str):
                    if name in _REFERENCES or (name in _URLS and value.startswith("http")):
                        yield name
                elif isinstance(value, Mapping | list):
                    stack.append(value)
        elif isinstance(item, list):
            stack += [part for part in item if isinstance(part, Mapping | list)]
