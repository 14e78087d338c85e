"""Where the sources of the cells stand in the JSON, however it is laid out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.made import code, markdown, notebook
from prodworthy.source.layout import sources

TEXTS = st.text(max_size=20)
SOURCES = st.one_of(TEXTS, st.lists(TEXTS, max_size=4))
LAYOUTS = st.sampled_from(
    [{"indent": 1}, {"indent": None}, {"indent": "\t"}, {"separators": (" , ", " : "), "indent": None}]
)


@given(st.lists(SOURCES, max_size=4), LAYOUTS, st.booleans())
def test_every_source_is_found_as_it_is_written(
    given: list[str | list[str]], layout: dict[str, Any], plain: bool
) -> None:
    cells = [{**code(""), "source": source, "outputs": [{"source": ["no"]}]} for source in given]
    raw = notebook(markdown("x"), *cells, **layout, ensure_ascii=plain)
    found = sources(raw)
    assert len(found) == len(given) + 1
    for number, source in enumerate(given, 2):
        written = found[number]
        assert json.loads(raw[written.start : written.end]) == source
        assert [piece.text for piece in written.pieces] == ([source] if isinstance(source, str) else source)
        assert [json.loads(raw[piece.start : piece.end]) for piece in written.pieces] == [
            p.text for p in written.pieces
        ]


@pytest.mark.parametrize(
    "raw", ['{"worksheets": [{"cells": [{"input": ["a"]}]}, {"cells": [{"input": "b"}]}]}']
)
def test_nbformat_3(raw: str) -> None:
    assert {n: [p.text for p in written.pieces] for n, written in sources(raw).items()} == {
        1: ["a"],
        2: ["b"],
    }


def test_a_byte_order_mark_counts() -> None:
    raw = "\ufeff" + notebook(code("a"))
    written = sources(raw)[1]
    assert json.loads(raw[written.start : written.end]) == ["a"]
