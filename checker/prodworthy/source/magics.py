"""What IPython adds to Python, taken out of a cell: every line stays, and code keeps its column."""

from __future__ import annotations

import ast
import re
import warnings

_PYTHON_CELLS = frozenset(
    {
        *("capture", "debug", "heat", "ipytest", "lprun", "memit", "mprun", "prun", "pyinstrument"),
        *("run_pytest", "scalene", "snakeviz", "time", "timeit", "wandb"),
    }
)
"""Cell magics whose body runs as Python in this notebook; that of any other is another language's."""

_DATABRICKS = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*%(?:md|md-sandbox|scala|sh|r|fs|sql)[ \t]*(?=\S|\n|\Z)"
)
"""Databricks' magics with one sign, which make the whole cell one of another language."""

_RUNNING = frozenset({"lprun", "memit", "mprun", "prun", "time", "timeit"})
"""Line magics that run the Python on their line."""

_CANDIDATE = re.compile(
    r"^[ \t]*(?:[%!?]|pip|conda|mamba|cd|ls|cat|mkdir)|=[ \t]*[%!]|\?[ \t]*(?:#.*)?$", re.MULTILINE
)
_REST = r"(?:\\\r?\n|[^\r\n])*"
_CELL = re.compile(rf"(?:[ \t]*(?:\#[^\n]*)?\n)*[ \t]*%%(?P<name>!|[\w.]*){_REST}")
_LINE = re.compile(
    rf"""
    (?P<indent>[ \t]*)
    (?:
      %{{1,2}}(?P<name>[\w.]*)(?P<rest>{_REST})
    | [!?]{_REST}
    | (?P<target>[^\W\d][\w.,\[\]"' \t]*?)[ \t]*=[ \t]*(?:%(?P<function>[\w.]*)(?P<code>{_REST})|!{_REST})
    | [^\W\d*][\w.*]*(?:\[[^\]\n]*\][\w.]*)*\?{{1,2}}[ \t]*(?:\#[^\n]*)?(?=[\r\n]|\Z)
    | (?:pip3?|conda|mamba)[ \t]+(?:install|uninstall|list|show|freeze|update)\b{_REST}
    | (?:cd|ls|cat|mkdir)[ \t]+(?!(?:and|or|if|is|in|not|for)\b)[\w./~]{_REST}
    )
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(
    r'''
    (?P<string>"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    | (?P<comment>\#[^\n]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<joined>\\\r?\n)
    | (?P<end>\r?\n)
    ''',
    re.VERBOSE | re.DOTALL,
)
_OPTIONS = re.compile(r"(?:[ \t]+-(?:[nrpslTDfti][ \t]*[\w.:]+|[a-zA-Z]+|-[\w-]+))*[ \t]+")
_RUN = re.compile(r"[ \t]+(?:\./)?((?:[A-Za-z_]\w*/)*[A-Za-z_]\w*)\.py[ \t]*")
_UNKNOWN = "get_ipython()"
"""Stands for what a magic or a shell command gives back: a value nobody knows."""


def python_of(cell: str) -> str:
    """The text of a code cell with everything that only IPython understands taken out.

    What is taken out leaves ``pass`` or nothing, so lines keep their numbers; the code behind
    ``%time`` keeps its columns. A cell in another language (``%%bash``) leaves empty lines.
    """
    if _CANDIDATE.search(cell) is None:
        return cell
    while (magic := _CELL.match(cell)) is not None:
        if magic["name"] not in _PYTHON_CELLS:
            return _blank(cell)
        cell = _blank(magic[0]) + cell[magic.end() :]
    python = _without_line_magics(cell)
    # Jupyter's %sql is a line among others, Databricks' the head of a cell
    return python if _DATABRICKS.match(cell) is None or _parses(python) else _blank(cell)


def _without_line_magics(text: str) -> str:
    parts: list[str] = []
    at, depth, starts = 0, 0, True
    while at < len(text):
        magic = _LINE.match(text, at) if starts else None
        starts = False
        if magic is not None:
            parts.append(_instead(magic))
            at = magic.end()
        token = _TOKEN.search(text, at)
        if token is None:
            break
        parts.append(text[at : token.end()])
        at = token.end()
        depth = max(depth + (token.lastgroup == "open") - (token.lastgroup == "close"), 0)
        starts = token.lastgroup == "end" and not depth
    return "".join(parts) + text[at:]


def _instead(magic: re.Match[str]) -> str:
    """What stands for one logical line that begins with a magic, or assigns what one gives."""
    written, indent, tail = magic[0], magic["indent"], _blank(magic[0])
    if magic["target"] is not None:
        sign = magic.start("function") - magic.start() - 1
        if magic["function"] == "time" and _parses(magic["code"]):
            return f"{written[:sign]}     {magic['code']}"
        return f"{indent}{magic['target']} = {_UNKNOWN}{tail}"
    if magic["name"] in _RUNNING and (options := _OPTIONS.match(magic["rest"])) is not None:
        code = magic["rest"][options.end() :]
        kept = "pass;".ljust(len(written) - len(indent) - len(code)) + code
        if _parses(kept):
            return indent + kept
    if magic["name"] == "run" and (run := _RUN.fullmatch(magic["rest"])) is not None:
        return f"{indent}from {run[1].replace('/', '.')} import *"
    return (f"{indent}pass" if indent else "") + tail


def _blank(text: str) -> str:
    """The line ends of ``text``."""
    return re.sub(r"[^\r\n]", "", text)


def _parses(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return bool(code.strip())
