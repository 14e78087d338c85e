"""Who mentions a name, also after a file has changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prodworthy.resolve.mentions import KINDS, Mentions

PIECES = st.sampled_from(
    [
        "ask",
        "tell",
        "(",
        ")",
        " ",
        "\n",
        "1",
        "class A(",
        "ask)",
        "app.state.",
        " = ask",
        "add_api_route(",
        "é",
    ]
)
TEXTS = st.dictionaries(
    st.sampled_from(["a.py", "b.py", "c.ipynb", "d/e.py"]), st.lists(PIECES).map("".join), min_size=1
)


def told(mentions: Mentions) -> object:
    return {(kind, name): list(mentions.of(kind, name)) for kind in KINDS for name in ("ask", "tell", "A")}


@given(TEXTS, st.lists(PIECES).map("".join))
def test_a_change_is_taken_note_of(texts: dict[str, str], later: str) -> None:
    data = {path: text.encode() for path, text in texts.items()}
    mentions = Mentions(lambda: sorted(texts), data.get)
    told(mentions)
    data[min(data)] = later.encode()
    mentions.changed(min(data))
    assert told(mentions) == told(Mentions(lambda: sorted(texts), data.get))
