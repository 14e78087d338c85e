"""Lines for a terminal: broken between words where it is narrow, coloured, with links where it shows some."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

Piece = tuple[str, str]
"""A text and its style: words such as ``bold`` and ``red``, then perhaps ``link`` and an address."""

_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36}
_WORDS = re.compile(r" *[^ ]+| +$")
_NARROWEST = 40
_LINKING = ("WT_SESSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID")
_VTE = 5000
_PROGRAMS = ("vscode", "iTerm.app", "WezTerm", "ghostty", "Hyper", "zed")


@dataclass(frozen=True, slots=True)
class Line:
    """A line; one too long for a terminal goes on below, ``hang`` columns in, unless that is None."""

    pieces: Sequence[Piece]
    hang: int | None = None


def write_lines(lines: Sequence[Line], out: TextIO, *, color: bool) -> None:
    """Write ``lines``, as wide as the terminal is; where ``out`` is none, as long as they are."""
    if not color:
        room = terminal_width(out)
        texts = ("".join(text for text, _ in row) for line in lines for row in _rows(line, room))
        out.writelines(f"{text.rstrip()}\n" for text in texts)
        return
    import click  # it translates for terminals of Windows that know no colours

    links = shows_links(os.environ)
    for line in lines:
        for row in _rows(line, terminal_width(out)):
            click.echo("".join(_styled(text, style, links) for text, style in row), file=out, color=True)


def terminal_width(out: TextIO) -> int:
    """The columns of the terminal that ``out`` is, 0 if it is none."""
    return max(shutil.get_terminal_size().columns, _NARROWEST) if out.isatty() else 0


def wants_color(out: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether ``out`` should be coloured where no option says so: a terminal that ``TERM`` calls no dumb one.

    ``NO_COLOR`` and ``FORCE_COLOR`` overrule that.
    """
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "").lower() not in ("", "0", "false"):
        return True
    return out.isatty() and environment.get("TERM") != "dumb"


def shows_links(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is one that shows links (OSC 8); unknown ones could show the address as text."""
    forced = environment.get("FORCE_HYPERLINK", "")
    if forced:
        return forced != "0"
    if environment.get("CI") or environment.get("TERM") == "dumb" or environment.get("TMUX"):
        return False
    known = environment.get("TERM_PROGRAM") in _PROGRAMS or any(environment.get(name) for name in _LINKING)
    version = environment.get("VTE_VERSION", "")
    return known or (version.isdecimal() and int(version) >= _VTE)


def cells(text: str) -> int:
    """How many columns ``text`` takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, width: int) -> str:
    """As much of ``text`` as ``width`` columns hold, with dots for what is missing."""
    if cells(text) <= width:
        return text
    taken, kept = 0, []
    for character in text:
        taken += _cells(character)
        if taken > width - 3:
            break
        kept.append(character)
    return "".join(kept) + "..."


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _rows(line: Line, room: int) -> Iterator[list[Piece]]:
    """``line`` in rows of at most ``room`` columns, broken between words; a longer word stays whole."""
    if line.hang is None or not room or sum(cells(text) for text, _ in line.pieces) <= room:
        yield list(line.pieces)
        return
    row: list[Piece] = []
    taken = 0
    for text, style in line.pieces:
        for found in _WORDS.findall(text):
            word: str = found
            if row and taken > line.hang and taken + cells(word) > room and word.startswith(" "):
                yield row
                row, taken = [(" " * line.hang, "")], line.hang
                word = word.lstrip(" ")
            row.append((word, style))
            taken += cells(word)
    yield row


def _styled(text: str, style: str, links: bool) -> str:
    words, _, address = style.partition("link ")
    codes = ";".join(str(_CODES[word]) for word in words.split())
    shown = f"\033[{codes}m{text}\033[0m" if codes and text else text
    return f"\033]8;;{address}\033\\{shown}\033]8;;\033\\" if address and links else shown
