"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table without the columns that no row has anything in, or nothing where there are no rows."""
    known = [[_cell(value) for value in row] for row in rows]
    kept = [place for place in range(len(head)) if any(row[place] for row in known)]
    lines = [f"| {' | '.join(row[place] for place in kept)} |" for row in (head, *known)]
    return "\n".join([lines[0], f"|{'---|' * len(kept)}", *lines[1:]]) + "\n" if known else ""


def facts(known: Iterable[tuple[str, str]]) -> str:
    """Short facts as a list of terms; those that are empty are left out."""
    terms = "\n".join(f"{name}\n: {value}\n" for name, value in known if value)
    return f":::{{container}} facts\n{terms}:::\n"


def entries(head: Sequence[str], rows: Iterable[Sequence[str]], *classes: str) -> str:
    """A table whose rows stand below each other on a narrow screen."""
    return f"::::{{container}} {' '.join(('entries', *classes))}\n{table(head, rows)}::::\n"


def code(words: Iterable[object]) -> str:
    """Each word as code, separated by commas."""
    return ", ".join(f"`{word}`" for word in words if str(word))


def source(docs: str) -> str:
    """Where a fact is from: an address as a link, anything else as it is."""
    return f"[source]({docs})" if docs.startswith("http") else docs


def plain(docstring: str) -> str:
    """A docstring's marks as Markdown's: two backticks become one."""
    return docstring.replace("``", "`")


def slug(name: str) -> str:
    """The anchor that a heading of this text gets."""
    return re.sub(r"[^\w\- ]", "", name.lower()).strip().replace(" ", "-")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
