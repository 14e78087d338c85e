"""Which strings of a request are texts, and which hold it together.

Everything is a text unless it is known to be structure. Structure is known by the name of the member and
the place it has in the requests of OpenAI (chat, responses, batches, fine-tuning files), Anthropic, Gemini,
Cohere, Mistral and Bedrock (converse, invoke_model): model, role, type, ids, names of tools, the keywords
and property names of schemas. Arguments and results of tools, metadata and documents are data, in which
nothing is structure but plain member names, and so is JSON that is no request at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from prodworthy_redact.tree import Branch, Leaf, Node
from prodworthy_redact.wordlist import words_of

Style = Literal["text", "data", "number", "member", "participant", "base64"]

_REQUESTS = words_of(
    "messages contents input prompt system instructions chat_history message model modelId inputs texts "
    "inputText system_instruction systemInstruction generationConfig anthropic_version toolConfig "
    "inferenceConfig custom_id preamble requests choices candidates completion"
)
_STRUCTURE = words_of(
    "model modelId role type object status finish_reason finishReason stop_reason stopReason service_tier "
    "encoding_format media_type mediaType mime_type mimeType format detail size quality voice style "
    "effort verbosity truncation tool_choice toolChoice anthropic_version anthropic_beta api_version "
    "language reasoning_effort response_mime_type responseMimeType input_type embedding_types embeddingTypes "
    "modalities response_modalities responseModalities category threshold mode signature encrypted_content "
    "thoughtSignature thought_signature custom_id method endpoint completion_window purpose include "
    "phase fidelity background output_format moderation tool_name toolName server_label connector_id "
    "allowed_tools allowedFunctionNames allowed_function_names prompt_truncation citation_quality "
    "safety_mode strict seed object_type event cache_control cachePoint ttl variant betas region"
)
_IDENTIFIER = re.compile(r"(?:.*[a-z_])?_?(?:ids?|Ids?|arn|Arn)|(?:guardrail|inferenceProfile)\w*")
_NOT_STRUCTURE = frozenset({"user_id", "userId", "end_user_id"})
_DATA = words_of(
    "arguments args metadata variables response json output documents labels user_location userLocation "
    "promptVariables requestMetadata additionalModelRequestFields additional_kwargs "
    "outputs payload extra_body citations sources"
)
_SCHEMAS = words_of(
    "input_schema inputSchema schema json_schema jsonSchema response_schema responseSchema "
    "responseJsonSchema response_json_schema parametersJsonSchema parameters_json_schema "
    "parameter_definitions output_schema outputSchema"
)
_PROPERTIES = words_of(
    "properties $defs definitions patternProperties dependentSchemas parameter_definitions"
)
_KEYWORDS = words_of(
    "type format $ref $id $schema $anchor $dynamicRef required pattern contentEncoding contentMediaType "
    "propertyOrdering property_ordering nullable"
)
_EXAMPLES = words_of("enum const default example examples")
_TOOL_TYPES = words_of(
    "tool_use server_tool_use function function_call custom custom_tool_call mcp_call tool mcp_tool_use "
    "tool_search_tool_regex"
)
_TOOLS = words_of(
    "function function_call functionCall functionResponse function_response tool_choice toolChoice toolSpec "
    "toolUse tool tools tool_calls json_schema format functions functionDeclarations"
    " function_declarations call"
)
_TOOL_MEMBERS = words_of(
    "parameters input_schema inputSchema arguments args parameter_definitions parametersJsonSchema strict"
)
_BRACKETLESS = frozenset({"role", "source"})  # providers refuse `<` in the name of a message or document
_TEXT_FORMATS = words_of("txt md csv html json xml")
_FIELD_NAME = re.compile(r"[A-Za-z_$@][A-Za-z_0-9.\-$:/]*")
_DIGITS = re.compile(r"[0-9]{6}")
_MACHINE_NUMBERS = re.compile(
    r"(?:^|[_-])(?:id|ids|created|updated|expires|exp|iat|nbf|time|timestamp|ts|ms|ns|us|seconds|date|size|bytes|"
    r"length|tokens|count|total|offset|seed|version|index|port|code|amount|price|budget|limit)(?:[_-]?at)?$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Text:
    """A string to be searched.

    Attributes:
        leaf: which one.
        style: ``text``; ``data`` (a value whose ``hint`` is worth reading with it); ``number`` (of JSON);
            ``member`` (the name of a member, itself personal); ``participant`` (the ``name`` of a message,
            in which providers forbid brackets); ``base64`` (of a text).
        hint: the member's name in words.
    """

    leaf: Leaf
    style: Style
    hint: str = ""


def texts(root: Node, *, request: bool | None = None) -> Iterator[Text]:
    """The strings of a payload that are texts, in order.

    Args:
        root: the payload.
        request: whether it is a request to a provider; by default, if it looks like one.
    """
    if request if request is not None else _is_request(root):
        yield from _request(root, "", top=True)
    else:
        yield from _data(root, "")


def _is_request(root: Node) -> bool:
    if isinstance(root, Leaf):
        return False
    if root.names is None:
        return any(
            isinstance(item, Branch) and (_is_message(item) or _is_request(item)) for item in root.nodes[:20]
        )
    return any(name.value in _REQUESTS for name in root.names) or _is_message(root)


def _is_message(item: Branch) -> bool:
    return bool(item.text("role")) and any(
        item.get(name) is not None for name in ("content", "parts", "tool_calls")
    )


def _request(node: Node, name: str, *, top: bool = False) -> Iterator[Text]:
    if isinstance(node, Leaf):
        if isinstance(node.value, str) and not _is_structure(name):
            yield Text(node, "text")
        return
    if node.names is None:
        if not _is_structure(name):
            for item in node.nodes:
                yield from _request(item, name)
        return
    for key, value in node.members():
        if _is_personal_name(key.value):
            yield Text(key, "member")
        yield from _member(node, name, str(key.value), value, top=top)


def _member(parent: Branch, owner: str, name: str, value: Node, *, top: bool) -> Iterator[Text]:
    if name == "name":
        if isinstance(value, Leaf) and isinstance(value.value, str) and not _is_tool(parent, owner):
            yield Text(value, "participant" if _BRACKETLESS & _names(parent) else "data", words(owner))
    elif name == "source" and isinstance(value, Branch) and parent.text("format") in _TEXT_FORMATS:
        yield from (
            Text(node, "base64")
            for key, node in value.members()
            if isinstance(node, Leaf) and key.value == "bytes"
        )
    elif name == "data" and isinstance(value, Leaf):
        if _is_text_type(parent):
            yield Text(value, "base64" if parent.text("type") in ("base64", "") else "text")
        elif parent.text("type") == "text":
            yield Text(value, "text")
    elif name in ("url", "uri") and top:  # the path of a request in a batch
        return
    elif name in _SCHEMAS or (name == "parameters" and _is_schema(value)):
        yield from _schema(value)
    elif (name == "input" and isinstance(value, Branch) and value.names is not None) or name == "parameters":
        yield from _data(value, "")
    elif name == "documents" and isinstance(value, Branch) and value.names is None:
        for document in value.nodes:
            yield from _data(document, "")
    elif name in _DATA:
        yield from _data(value, name if isinstance(value, Leaf) else "")
    elif isinstance(value, Leaf) and name == "user":
        yield Text(value, "data", "user") if isinstance(value.value, str) else Text(value, "number", "user")
    else:
        yield from _request(value, name)


def _is_structure(name: str) -> bool:
    return name in _STRUCTURE or (bool(_IDENTIFIER.fullmatch(name)) and name not in _NOT_STRUCTURE)


def _is_tool(parent: Branch, owner: str) -> bool:
    return (
        owner in _TOOLS
        or parent.text("type") in _TOOL_TYPES
        or parent.text("role") in ("tool", "function")
        or bool(_TOOL_MEMBERS & _names(parent))
    )


def _names(parent: Branch) -> set[object]:
    return {name.value for name in parent.names or ()}


def _is_text_type(parent: Branch) -> bool:
    kind = parent.text("mimeType") or parent.text("mime_type") or parent.text("media_type")
    return kind.startswith("text/") or kind in ("application/json", "application/xml")


def _is_schema(value: Node) -> bool:
    return isinstance(value, Branch) and (
        value.get("properties") is not None or value.text("type").lower() == "object"
    )


def _schema(node: Node) -> Iterator[Text]:
    """Descriptions and titles are texts, enums and examples data; keywords and property names stay."""
    if isinstance(node, Leaf):
        return
    if node.names is None:
        for item in node.nodes:
            yield from _schema(item)
        return
    for key, value in node.members():
        name = str(key.value)
        if name in _PROPERTIES and isinstance(value, Branch) and value.names is not None:
            for item in value.nodes:
                yield from _schema(item)
        elif name in _EXAMPLES:
            yield from _data(value, "")
        elif isinstance(value, Leaf):
            if isinstance(value.value, str) and name not in _KEYWORDS and name != "name":
                yield Text(value, "text")
        elif name not in _KEYWORDS:
            yield from _schema(value)


def _data(node: Node, hint: str) -> Iterator[Text]:
    if isinstance(node, Leaf):
        if isinstance(node.value, str):
            yield Text(node, "data", hint)
        elif _may_be_personal(node.value, hint):
            yield Text(node, "number", hint)
        return
    if node.names is None:
        for item in node.nodes:
            yield from _data(item, hint)
        return
    for key, value in node.members():
        name = key.value
        if _may_be_personal(name, ""):
            yield Text(key, "number")
        elif _is_personal_name(name):
            yield Text(key, "member")
        yield from _data(value, words(name) if isinstance(name, str) else "")


def _is_personal_name(name: object) -> bool:
    """Whether the name of a member may be a value itself: it is no name of a field."""
    return isinstance(name, str) and bool(_DIGITS.search(name) or not _FIELD_NAME.fullmatch(name))


def _may_be_personal(value: object, hint: str) -> bool:
    """Whether a number is long enough to be a phone or card number, and no time, size or count."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and abs(value) >= 1_000_000
        and not _MACHINE_NUMBERS.search(hint.replace(" ", "_"))
    )


def words(name: str) -> str:
    """``customerPhone`` or ``customer_phone`` as ``customer phone``; nothing if it is no name of a field."""
    if len(name) > 40 or not _FIELD_NAME.fullmatch(name):
        return ""
    return _CAMEL.sub(" ", name).replace("_", " ").replace("-", " ").lower().strip()
