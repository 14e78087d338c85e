"""Functions of Python and its common libraries that tracing knows by name."""

from __future__ import annotations

from collections.abc import Iterable

THROUGH = frozenset(
    [
        "json.dumps",
        "orjson.dumps",
        "ujson.dumps",
        "html.escape",
        "html.unescape",
        "textwrap.dedent",
        "textwrap.indent",
        "textwrap.fill",
        "builtins.str",
        "builtins.repr",
        "builtins.list",
        "builtins.tuple",
        "builtins.sorted",
        "builtins.set",
        "builtins.dict",
        "builtins.reversed",
        "builtins.next",
        "builtins.iter",
        "builtins.zip",
        "builtins.enumerate",
        "builtins.map",
        "builtins.filter",
        "builtins.format",
        "builtins.bytes",
        "urllib.parse.quote",
        "urllib.parse.unquote",
        "urllib.parse.unquote_plus",
        "base64.b64encode",
        "base64.b64decode",
        "copy.copy",
        "copy.deepcopy",
        "json.loads",
        "unicodedata.normalize",
        "re.sub",
        "asyncio.gather",
        "asyncio.wait_for",
        "dataclasses.asdict",
        "pprint.pformat",
        "yaml.dump",
        "yaml.safe_dump",
        "string.Template",
        "inspect.cleandoc",
        "io.BytesIO",
        "io.StringIO",
        "builtins.sum",
        "bs4.BeautifulSoup",
        "lxml.html.fromstring",
        "html2text.html2text",
        "markdownify.markdownify",
        "trafilatura.extract",
        "readability.Document",
        "markdown.markdown",
        "markdown2.markdown",
        "mistune.html",
        "commonmark.commonmark",
        "pathlib.Path",
        "os.path.join",
        "os.path.abspath",
        "os.path.normpath",
        "os.path.expanduser",
        "urllib.parse.urljoin",
        "urllib.parse.quote_plus",
        "json.JSONDecoder.decode",
        "json_repair.loads",
        "json_repair.repair_json",
        "yaml.safe_load",
        "ast.literal_eval",
        "shlex.split",
        "ast.parse",
        "builtins.compile",
        "markupsafe.Markup",
        "django.utils.safestring.mark_safe",
        "sqlalchemy.text",
        "sqlalchemy.sql.text",
        "rich.markdown.Markdown",
        "re.search",
        "re.findall",
        "re.match",
        "re.split",
    ]
)
"""Functions outside the project whose result holds their arguments."""

LISTING = frozenset(["builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.iter"])
"""Functions that give the keys of a dict."""

LOOKING_UP = frozenset(
    [
        "query",
        "scan",
        "get_item",
        "batch_get_item",
        "get_object",
        "find",
        "find_one",
        "fetch",
        "retrieve",
        "describe",
        "count",
        "exists",
        "eq",
    ]
)
"""Methods of libraries whose result is found by their arguments, and holds none of them."""

NUMBERS = frozenset(["builtins.int", "builtins.float", "builtins.round", "builtins.abs"])
"""Functions whose result is their argument as a number."""

NOTHING = frozenset(
    [
        "builtins.len",
        "builtins.bool",
        "uuid.UUID",
        "builtins.isinstance",
        "builtins.hash",
        "builtins.ord",
        "builtins.type",
    ]
)
"""Functions whose result tells nothing of the text they are given."""

FILES = frozenset(
    [
        "builtins.open",
        "pathlib.Path.read_text",
        "pathlib.Path.open",
        "pathlib.Path.read_bytes",
        "io.open",
        "aiofiles.open",
        "pathlib.Path.open.read",
    ]
)
"""Functions whose result is a file's content, or a file."""

ENVIRONMENT = ("os.environ", "os.getenv")
"""What reads the environment."""

RUNNERS = frozenset(
    [
        "asyncio.to_thread",
        "anyio.to_thread.run_sync",
        "starlette.concurrency.run_in_threadpool",
        "fastapi.concurrency.run_in_threadpool",
        "asyncio.get_event_loop.run_in_executor",
        "asyncio.get_running_loop.run_in_executor",
    ]
)
"""Functions that call what they are given."""

PARTS = frozenset(["split", "rsplit", "partition", "rpartition", "splitlines"])
"""Methods of texts that give pieces."""

METADATA = frozenset(
    [
        "usage",
        "usage_metadata",
        "id",
        "model",
        "created",
        "object",
        "finish_reason",
        "stop_reason",
        "total_tokens",
        "prompt_tokens",
        "completion_tokens",
        "input_tokens",
        "output_tokens",
        "status_code",
        "system_fingerprint",
        "index",
        "role",
        "type",
        "request_id",
        "headers",
        "ok",
        "elapsed",
    ]
)
"""What an answer says about itself; no text that the model writes."""

ASIDE = METADATA | frozenset(
    [
        "name",
        "tool_call_id",
        "tool_name",
        "function_name",
        "url",
        "urls",
        "status",
        "error",
        "code",
        "message_id",
        "score",
        "image_url",
        "image",
        "images",
        "b64_json",
        "mime_type",
        "mimeType",
        "safetyRatings",
        "safety_ratings",
        "promptFeedback",
        "prompt_feedback",
        "finishReason",
        "usageMetadata",
    ]
)
"""Keys under which an answer keeps what names a tool or itself."""

_WRITTEN = frozenset(
    [
        "content",
        "text",
        "message",
        "delta",
        "parts",
        "output",
        "response",
        "completion",
        "generated_text",
        "answer",
    ]
)


def writes(keys: Iterable[str]) -> bool:
    """Whether a model writes what stands under one of these keys of a service's answer."""
    found = set(keys)
    return "*" not in found and not _WRITTEN.isdisjoint(found)


CARRIERS = frozenset(
    [
        "join",
        "format",
        "replace",
        "format_map",
        "substitute",
        "safe_substitute",
        "format_messages",
        "format_prompt",
        "render",
        "invoke",
        "partial",
    ]
)
"""Methods whose result holds their arguments as well as their object."""

MEASURES = frozenset(["count", "find", "rfind", "index", "startswith", "endswith", "isdigit", "isalpha"])
"""Methods of texts whose result is no text."""

KINDS = {
    "mail": "a mail",
    "page": "another service's answer",
    "retrieval": "a retriever",
    "tool": "the model, as a tool's argument",
    "credential": "a credential",
    "environment": "the environment",
    "parameter": "a caller",
    "request": "the request",
    "message": "a message",
    "upload": "an uploaded file",
    "argv": "the command line",
    "input": "the user",
    "file": "a file",
    "model-output": "a model",
    "row": "a database row",
}
"""How a reader names a kind of origin."""
