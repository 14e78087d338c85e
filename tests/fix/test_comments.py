"""Suppressions that hold nothing back lose their code, or go."""

from __future__ import annotations

import pytest

from prodworthy.fix.comments import without_word
from prodworthy.fix.text import Text
from prodworthy.suppress import suppressions


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # prodworthy: ignore[PW301] it is short\n", "x = 1\n"),
        ("x = 1  # noqa: PW301\n", "x = 1\n"),
        ("x = 1  # noqa: PW301, E501\n", "x = 1  # noqa: E501\n"),
        ("x = 1  # noqa: E501,PW301\n", "x = 1  # noqa: E501\n"),
        ("x = 1  # noqa: E501 PW301\n", "x = 1  # noqa: E501\n"),
        (
            "x = 1  # prodworthy: ignore[PW101, PW301] two\n",
            "x = 1  # prodworthy: ignore[PW101] two\n",
        ),
        ("x = 1  # prodworthy: ignore[PW301] short  # type: ignore\n", "x = 1  # type: ignore\n"),
        ("x = 1  # type: ignore  # noqa: PW301\n", "x = 1  # type: ignore\n"),
        ("    # prodworthy: ignore[PW301]\n    x = 1\n", "    x = 1\n"),
        ("x = 1\r\n# noqa: PW301\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
        ("x = 1  # noqa: pw301", "x = 1"),
        ("x = '#'  # noqa: PW301\n", "x = '#'\n"),
    ],
)
def test_a_word_is_removed_with_what_belongs_to_it(before: str, after: str) -> None:
    text = Text("app.py", before)
    (found,) = [s for s in suppressions("app.py", before) if "PW301" in s.words]
    assert text.apply(without_word(text, found.span, "PW301")) == after
