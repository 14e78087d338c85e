"""Server-sent events: split at blank lines wherever the bytes are cut, and written anew when changed."""

from __future__ import annotations

import json
import re

from prodworthy_redact.wire.events import Events

_BLANK = re.compile(rb"(?>\r\n|\r|\n)(?>\r\n|\r|\n)")
_LINES = re.compile(r"[^\r\n]*(?>\r\n|\r|\n|\Z)")
_BOM = "\ufeff"
_DONE = "[DONE]"


class Blocks:
    """Cuts a stream into events: all lines up to a blank one, that included. No byte is lost."""

    def __init__(self) -> None:
        self._buffer = b""
        self._searched = 0
        self._ended_in_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The events that ``chunk`` completes."""
        if not chunk:
            return []
        out: list[bytes] = []
        if self._ended_in_cr and chunk[:1] == b"\n":  # the second half of the newline before
            out.append(b"\n")
            chunk = chunk[1:]
        self._ended_in_cr = False
        buffer, start = self._buffer + chunk, 0
        at = max(0, self._searched - 3)
        while blank := _BLANK.search(buffer, at):
            out.append(buffer[start : blank.end()])
            start = at = blank.end()
        self._buffer = buffer[start:]
        self._searched = len(self._buffer)
        self._ended_in_cr = not self._buffer and buffer[-1:] == b"\r"
        return out

    def rest(self) -> bytes:
        """What no blank line has ended."""
        out, self._buffer = self._buffer, b""
        return out


class Block:
    """One event's lines.

    Attributes:
        data: what its ``data`` lines say; None if it has none.
    """

    def __init__(self, raw: bytes) -> None:
        self._lines = [line for line in _LINES.findall(raw.decode("utf-8", "replace")) if line]
        told = [self._data(line) for line in self._lines]
        self._is_data = [text is not None for text in told]
        said = [text for text in told if text is not None]
        self.data = "\n".join(said) if said else None

    def written(self, data: str, *, alone: bool = False) -> bytes:
        """The same event with other data; ``alone``: without comments, id and retry."""
        out: list[str] = []
        put = False
        for line, is_data in zip(self._lines, self._is_data, strict=True):
            if not is_data:
                if not alone or line.lstrip(_BOM).startswith("event") or not line.strip("\r\n"):
                    out.append(line)
            elif not put:
                put = True
                head = _BOM if line[0] == _BOM and not alone else ""
                end = line[len(line.rstrip("\r\n")) :] or "\n"
                out += [
                    f"{head if not n else ''}data: {part}{end}" for n, part in enumerate(data.split("\n"))
                ]
        if alone and out and out[-1].strip("\r\n"):
            out.append("\n")
        return "".join(out).encode("utf-8", "surrogatepass")

    @staticmethod
    def _data(line: str) -> str | None:
        name, _, value = line.rstrip("\r\n").lstrip(_BOM).partition(":")
        return value.removeprefix(" ") if name == "data" else None


class EventSource:
    """Restores a stream of server-sent events."""

    def __init__(self, events: Events[Block]) -> None:
        self._events = events
        self._blocks = Blocks()

    def feed(self, chunk: bytes) -> bytes:
        """The events that are certain after ``chunk``."""
        return b"".join([self._event(raw) for raw in self._blocks.feed(chunk)])

    def finish(self) -> bytes:
        """The rest, at the end of the stream."""
        rest = self._blocks.rest()
        out = self._event(rest) if rest else b""
        return out + self._rest()

    def _event(self, raw: bytes) -> bytes:
        block = Block(raw)
        if block.data is None:
            return raw
        if block.data.strip() == _DONE:
            return self._rest() + raw
        try:
            value = json.loads(block.data)
        except (ValueError, RecursionError):
            text = self._events.text(block.data, block)
            return raw if text == block.data else block.written(text)
        before, out, changed = self._events.event(value, block)
        told = _all(before)
        return told + (block.written(json.dumps(out)) if changed else raw)

    def _rest(self) -> bytes:
        return _all(self._events.rest())


def _all(events: list[tuple[Block, object]]) -> bytes:
    return b"".join(
        block.written(value if isinstance(value, str) else json.dumps(value), alone=True)
        for block, value in events
    )
