"""Functions of Python and its common libraries that tracing knows by name."""

from __future__ import annotations

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
    ]
)
"""Functions outside the project whose result holds their arguments."""

NUMBERS = frozenset(
    [
        "builtins.int",
        "builtins.float",
        "builtins.len",
        "builtins.bool",
        "builtins.round",
        "uuid.UUID",
        "builtins.isinstance",
        "builtins.hash",
        "builtins.ord",
        "builtins.abs",
    ]
)
"""Functions whose result is no text."""

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

MEASURES = frozenset(["count", "find", "index", "startswith", "endswith", "isdigit"])
"""Methods of texts whose result is no text."""

KINDS = {
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
