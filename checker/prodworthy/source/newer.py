"""Python that is newer than the running interpreter: lowered to its grammar, every position kept.

libcst reads the newest grammar on every interpreter. What the running one cannot read is overwritten
by something it can, character for character, and the syntax tree is then given the nodes that
were meant: f-strings of 3.12 and t-strings of 3.14 become tuples of their expressions in the
text and `JoinedStr` in the tree.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

T = TypeVar("T")
Place = tuple[int, int, int, int]
"""Line, column, end line and end column of a node; columns from 0, in characters."""

_DEEPEST = 200
_STACK = 512 * 1024 * 1024
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_LINE_END = re.compile(r"[^\r\n]")
_ERROR_AT = re.compile(r"error at (\d+):")
_PREFIXES = re.compile(r"(?:(?:lambda\b[^:\n]*:|not\b|await\b|[-+~])\s*){200}")
_BRACKET = re.compile(r"[()\[\]{}]")
_CONVERSIONS = {"s": 115, "r": 114, "a": 97}
_Expression = cst.FormattedStringExpression | cst.TemplatedStringExpression
_EXPRESSIONS = (cst.FormattedStringExpression, cst.TemplatedStringExpression)


@dataclass(frozen=True, slots=True)
class _Field:
    """An expression in a string, as ``width`` elements of the tuple that the string became."""

    width: int
    conversion: int


_Parts = tuple[str | _Field, ...]


def parse_newer(text: str) -> ast.Module:
    """The tree of ``text``, which the running interpreter's own parser refused.

    Raises:
        SyntaxError: it is not Python of any version that libcst knows.
        RecursionError: it is nested too deeply.
    """
    if _depth(text) > _DEEPEST or _PREFIXES.search(text):
        raise RecursionError
    return _with_deep_stack(lambda: _parse(text))


def _parse(text: str) -> ast.Module:
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        told = _ERROR_AT.search(error.message)  # raw_line is the next token's, which can be a line further
        line = int(told[1]) if told else error.raw_line
        raise SyntaxError("invalid syntax", ("", line, error.raw_column + 1, "")) from error
    lowering = _Lowering(text, module)
    lowering.run()
    lowered = "".join(lowering.characters)
    tree = ast.parse(lowered)
    lines = _LINE_END.split(lowered)
    _Restore(lines, lowering.strings, lowering.alternatives).visit(tree)
    _place_in_original(tree, lines, _LINE_END.split(text))
    return tree


class _Lowering(cst.CSTVisitor):
    """Overwrites, in ``characters``, what older interpreters cannot read."""

    def __init__(self, text: str, module: cst.Module) -> None:
        super().__init__()
        self.characters = list(text)
        self.strings: dict[Place, _Parts] = {}
        self.alternatives: set[Place] = set()
        self._text = text
        self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
        self._wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._positions: Mapping[cst.CSTNode, CodeRange] = {}
        self._joined: set[cst.CSTNode] = set()

    def run(self) -> None:
        self._positions = cast("Mapping[cst.CSTNode, CodeRange]", self._wrapper.resolve(PositionProvider))
        self._wrapper.module.visit(self)

    def visit_FormattedString(self, node: cst.FormattedString) -> None:  # noqa: N802
        self._lower_string(node)

    def visit_TemplatedString(self, node: cst.TemplatedString) -> None:  # noqa: N802
        self._lower_string(node)

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> None:  # noqa: N802
        self._lower_string(node)

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> bool:  # noqa: N802
        node.expression.visit(self)
        return False

    def visit_TemplatedStringExpression(self, node: cst.TemplatedStringExpression) -> bool:  # noqa: N802
        node.expression.visit(self)
        return False

    def visit_TypeAlias(self, node: cst.TypeAlias) -> None:  # noqa: N802
        self._write(self._offsets(node)[0], "pass;")

    def visit_TypeParameters(self, node: cst.TypeParameters) -> bool:  # noqa: N802
        start, end = self._offsets(node)
        self._blank(start, end)
        for at in range(start, end):  # the line goes on, and no bracket is left to say so
            if self.characters[at] in "\r\n" and self.characters[at - 1] not in "\r\n":
                self.characters[at - 1] = "\\"
        return False

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:  # noqa: N802
        kinds = node.type
        if isinstance(kinds, cst.Tuple) and not kinds.lpar and len(kinds.elements) > 1:
            for element in kinds.elements[:-1]:
                self.characters[self._text.index(",", self._offsets(element.value)[1])] = "|"
            self.alternatives.add(self._place(kinds))

    def _lower_string(self, node: cst.BaseString) -> None:
        """Turn a string into ``(expression, expression,)`` and note what it was."""
        if node in self._joined:
            return
        self._joined.update(_joined(node))
        pieces = list(_pieces(node))
        fields = [part for piece in pieces for part in _parts(piece) if isinstance(part, _EXPRESSIONS)]
        if not fields:
            for piece in pieces:
                if isinstance(piece, cst.TemplatedString):
                    self._write(self._offsets(piece)[0], re.sub("[tT]", "f", piece.start))
            return
        start, end = self._offsets(node)
        before = self.characters[start:end]
        self._blank(start, end)
        for part in fields:
            begin, stop = self._expression_range(part)
            self.characters[begin:stop] = before[begin - start : stop - start]
            if not self._text[begin:stop].rstrip().endswith(","):
                comma = next(at for at in range(stop, end) if self.characters[at] not in "\r\n")
                self.characters[comma] = ","
        self.characters[start], self.characters[end - 1] = "(", ")"
        self.strings[self._place(node)] = tuple(
            _meaning(part, piece) for piece in pieces for part in _parts(piece)
        )

    def _expression_range(self, part: _Expression) -> tuple[int, int]:
        start = self._offsets(part)[0] + 1 + len(self._code(part.whitespace_before_expression))
        return start, start + len(self._code(part.expression))

    def _code(self, node: cst.CSTNode) -> str:
        return self._wrapper.module.code_for_node(node)

    def _place(self, node: cst.CSTNode) -> Place:
        span = self._positions[node]
        return span.start.line, span.start.column, span.end.line, span.end.column

    def _offsets(self, node: cst.CSTNode) -> tuple[int, int]:
        line, column, end_line, end_column = self._place(node)
        return self._starts[line - 1] + column, self._starts[end_line - 1] + end_column

    def _blank(self, start: int, end: int) -> None:
        self._write(start, _NOT_LINE_END.sub(" ", "".join(self.characters[start:end])))

    def _write(self, start: int, text: str) -> None:
        self.characters[start : start + len(text)] = text


class _Restore(ast.NodeTransformer):
    """Gives the tree of a lowered text the nodes that were meant."""

    def __init__(
        self, lines: Sequence[str], strings: Mapping[Place, _Parts], alternatives: set[Place]
    ) -> None:
        self._lines = lines
        self._strings = strings
        self._alternatives = alternatives

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        parts = self._strings.get(self._place(node))
        self.generic_visit(node)
        if parts is None:
            return node
        left = list(node.elts)
        values: list[ast.expr] = []
        for part in parts:
            if isinstance(part, str):
                values.append(ast.copy_location(ast.Constant(part), node))
                continue
            taken, left = left[: part.width], left[part.width :]
            if not taken:
                continue
            value = taken[0]
            if part.width > 1:
                value = ast.copy_location(ast.Tuple(taken, ast.Load()), taken[0])
            values.append(ast.copy_location(ast.FormattedValue(value, part.conversion, None), value))
        return ast.copy_location(ast.JoinedStr(values), node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        if node.type is not None and self._place(node.type) in self._alternatives:
            node.type = ast.copy_location(ast.Tuple(_operands(node.type), ast.Load()), node.type)
        self.generic_visit(node)
        return node

    def _place(self, node: ast.expr) -> Place:
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return (
            node.lineno,
            self._character(node.lineno, node.col_offset),
            end_line,
            self._character(end_line, end),
        )

    def _character(self, line: int, offset: int) -> int:
        return _character(self._lines[line - 1], offset)


def _place_in_original(tree: ast.Module, lowered: Sequence[str], original: Sequence[str]) -> None:
    """Make byte columns those of the original: overwriting ``é`` by a space shortened the line."""
    moved = {
        n for n, (a, b) in enumerate(zip(lowered, original, strict=True), 1) if a != b and not b.isascii()
    }
    if not moved:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword | ast.alias):
            at, end = node.lineno, node.end_lineno
            if at in moved:
                node.col_offset = _byte(original[at - 1], _character(lowered[at - 1], node.col_offset))
            if end in moved and node.end_col_offset is not None:
                node.end_col_offset = _byte(
                    original[end - 1], _character(lowered[end - 1], node.end_col_offset)
                )


def _character(line: str, offset: int) -> int:
    return offset if line.isascii() else len(line.encode()[:offset].decode("utf-8", "ignore"))


def _byte(line: str, character: int) -> int:
    return len(line[:character].encode())


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [*_operands(node.left), node.right]
    return [node]


def _pieces(node: cst.BaseString) -> Iterator[cst.BaseString]:
    if isinstance(node, cst.ConcatenatedString):
        yield from _pieces(node.left)
        yield from _pieces(node.right)
    else:
        yield node


def _joined(node: cst.BaseString) -> Iterator[cst.BaseString]:
    """The strings that ``node`` joins, itself included: they are lowered as one."""
    yield node
    if isinstance(node, cst.ConcatenatedString):
        yield from _joined(node.left)
        yield from _joined(node.right)


def _parts(piece: cst.BaseString) -> Sequence[cst.CSTNode]:
    return piece.parts if isinstance(piece, cst.FormattedString | cst.TemplatedString) else (piece,)


def _meaning(part: cst.CSTNode, piece: cst.BaseString) -> str | _Field:
    if isinstance(part, _EXPRESSIONS):
        bare = isinstance(part.expression, cst.Tuple) and not part.expression.lpar
        width = len(part.expression.elements) if bare and isinstance(part.expression, cst.Tuple) else 1
        return _Field(width, _CONVERSIONS.get(part.conversion or "", -1))
    if isinstance(part, cst.FormattedStringText | cst.TemplatedStringText):
        raw = isinstance(piece, cst.FormattedString | cst.TemplatedString) and "r" in piece.prefix.lower()
        text = part.value.replace("{{", "{").replace("}}", "}")
        return text if raw else _unescape(text)
    value = part.evaluated_value if isinstance(part, cst.SimpleString) else ""
    return value if isinstance(value, str) else ""


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(ast.literal_eval('"""' + text.replace('"', '\\"') + '"""'))
    except (SyntaxError, ValueError):
        return text


def _depth(text: str) -> int:
    """How deeply brackets are nested at most, those in strings and comments included."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket in "([{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _with_deep_stack(work: Callable[[], T]) -> T:
    """Do ``work`` on a thread with a large stack: libcst's parser recurses without a limit of its own."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
