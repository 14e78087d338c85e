"""Colours of code that can be read on light and on dark: the terminal's own, and no background."""

from __future__ import annotations

from pygments.token import Comment, Keyword, Name, Number, String
from rich.style import Style
from rich.syntax import ANSISyntaxTheme


def code_colors() -> ANSISyntaxTheme:
    """The theme for rich."""
    return ANSISyntaxTheme(
        {
            Comment: Style(italic=True, color="red"),
            Keyword: Style(color="magenta"),
            Name.Builtin: Style(color="cyan"),
            Name.Class: Style(bold=True),
            Name.Function: Style(bold=True),
            Number: Style(color="cyan"),
            String: Style(color="green"),
        }
    )
