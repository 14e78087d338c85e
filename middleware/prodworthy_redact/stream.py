"""Answers that arrive in pieces: values are put back, and what nobody sent may be taken out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from prodworthy_redact.book import Known
from prodworthy_redact.detect import Entity
from prodworthy_redact.restore import Restorer, hits

_BACK, _AHEAD, _MOST = 200, 64, 1_000
_SENTENCE = re.compile(r"\n+|(?<=[\w)\"'\u2019\u201d][.!?\u3002])\s+")


class Screen:
    """Replaces personal data that the model brings up by its kind, ``<EMAIL_ADDRESS>``.

    An answer is looked at sentence by sentence, each with what stands before and a little of what follows,
    so that it does not matter in which pieces it arrives, and a value is never given out by halves.

    Args:
        known: the session's placeholders; they are left to the restorer.
        look: the entities of a text that nobody sent.
    """

    def __init__(self, known: Known, look: Callable[[str], list[Entity]]) -> None:
        self._known = known
        self._look = look
        self._buffer = ""  # what was given out last, then what was not
        self._done = 0
        self.found: list[str] = []

    def feed(self, text: str, *, last: bool = False) -> str:
        """What can be given out after ``text``."""
        self._buffer += text
        out: list[str] = []
        while (end := self._next_end(last)) > self._done:
            out.append(self._screen(end))
        return "".join(out)

    def _next_end(self, last: bool) -> int:
        """The end of the next part that can be judged, whatever follows; or where the last one ended."""
        size, most = len(self._buffer), self._done + _MOST
        sentence = _SENTENCE.search(self._buffer, self._done, most)
        end = sentence.end() if sentence else most
        if end + _AHEAD <= size:
            return end
        return size if last and size <= most else min(end, size) if last else self._done

    def _screen(self, end: int) -> str:
        start = max(0, self._done - _BACK)
        window = self._buffer[start : end + _AHEAD]
        tokens = [(hit.start, hit.end) for hit in hits(self._known, window)]
        out: list[str] = []
        at = self._done
        for entity in self._look(window):
            first, behind = max(start + entity.start, at), start + entity.end
            if first >= end:
                break
            if behind <= first or any(a < entity.end and entity.start < b for a, b in tokens):
                continue
            out += (self._buffer[at:first], f"<{entity.kind}>")
            self.found.append(entity.kind)
            at = behind
        end = max(at, end)
        out.append(self._buffer[at:end])
        kept = max(0, end - _BACK)
        self._buffer, self._done = self._buffer[kept:], end - kept
        return "".join(out)


class StreamRestorer:
    """Restores an answer piece by piece: `feed` each piece, then `flush`.

    What comes out is what `Session.restore` makes of the whole answer, wherever it is cut; pieces may be
    bytes of UTF-8, cut inside of characters. Only what may still become a placeholder is held back and,
    where a policy redacts answers, the sentence that is not complete.
    """

    def __init__(
        self, known: Known, screen: Screen | None, done: Callable[[int, list[str]], None] | None = None
    ) -> None:
        self._restorer = Restorer(known)
        self._screen = screen
        self._done = done
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def __repr__(self) -> str:
        return "StreamRestorer()"

    def feed(self, chunk: str | bytes) -> str:
        """The part of the answer that is certain after ``chunk``."""
        text = self._decoder.decode(chunk) if isinstance(chunk, bytes) else chunk
        return self._restorer.feed(self._screen.feed(text) if self._screen else text)

    def flush(self) -> str:
        """The rest, at the end of the answer."""
        text = self._decoder.decode(b"", True)
        if self._screen:
            text = self._screen.feed(text, last=True)
        out = self._restorer.feed(text, last=True)
        done, self._done = self._done, None
        if done:
            done(self._restorer.restored, self._screen.found if self._screen else [])
        return out
