"""A stream, cut anywhere, reads as the whole answer would; its other events come through as they were."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redact.support import MAILS, VALUES, redactor
from redact.wire.streams import (
    ARGUMENTS,
    SHAPES,
    TEXT,
    Events,
    Shape,
    frames,
    from_frames,
    from_lines,
    from_sse,
    lines,
    sse,
)

from prodworthy_redact import Session, TransportError
from prodworthy_redact.wire.restoring import Restoring, restoring

SENT = "; ".join(VALUES)
Framing = tuple[str, Callable[[Events], bytes], Callable[[bytes], Events]]
TYPES: dict[str, Framing] = {
    "sse": ("text/event-stream", sse, from_sse),
    "sse-crlf": ("text/event-stream; charset=utf-8", lambda events: sse(events, "\r\n"), from_sse),
    "sse-cr": ("text/event-stream", lambda events: b"\xef\xbb\xbf" + sse(events, "\r"), from_sse),
    "lines": ("application/x-ndjson", lines, from_lines),
    "frames": ("application/vnd.amazon.eventstream", frames, from_frames),
    "frames in base64": (
        "application/vnd.amazon.eventstream",
        lambda events: frames(events, wrapped=True),
        lambda data: from_frames(data, wrapped=True),
    ),
}
_MARK = re.compile(
    r'"finish_reason": "\w+|"done": true|"\w*[sS]top\w*": (?!null)"?\w+|"finishReason|"type": "[\w.-]*(?:start|end|stop|done|completed|created|ping)'
    r'|"\w*[uU]sage\w*|"completionReason": "|"event_type": "stream-end'
)
pieces = st.lists(
    st.sampled_from(["<PERSON_1>", "<PERS", "ON_", "2>", "<EMAIL_ADDRESS_1>", "Dear ", "\u00fc\u2028", "\n\n", "data: x\n", "<", ">"]),
    max_size=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Session:
    session = redactor().session("talk")
    session.redact(SENT)
    return session


def through(session: Session, kind: str, data: bytes, cuts: list[int]) -> bytes:
    found = restoring(kind, session.answer())
    assert found is not None
    return _fed(found, data, cuts)


def _fed(found: Restoring, data: bytes, cuts: list[int]) -> bytes:
    ends = sorted({cut % (len(data) + 1) for cut in cuts} | {len(data)})
    starts = [0, *ends[:-1]]
    return b"".join([found.feed(data[a:b]) for a, b in zip(starts, ends, strict=True)]) + found.finish()


@pytest.mark.parametrize("framing", TYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.name))
def test_a_stream_reads_as_the_whole_does(session: Session, shape: Shape, framing: str) -> None:
    kind, write, parse = TYPES[framing]

    @settings(max_examples=12, deadline=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        given_pieces = data.draw(pieces)
        cuts = data.draw(st.lists(st.integers(0, 10_000), max_size=20))
        events = shape.make(given_pieces)
        out = parse(through(session, kind, write(events), cuts))
        assert shape.read(out) == session.restore("".join(given_pieces))
        assert _marks(out) == _marks(events)

    check()


def _marks(events: Events) -> list[str]:
    """Beginnings, ends and usage, in their order."""
    return [mark for event in events for mark in _MARK.findall(json.dumps(event))]


@pytest.mark.parametrize("shape", ARGUMENTS, ids=lambda shape: str(shape.name))
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 100])
def test_arguments_stay_json(shape: Shape, size: int) -> None:
    session = redactor().session()
    values = ['Ann "Nan" Lee', "1 Main St\nSpringfield", "C:\\Users\\maria"]
    safe = session.redact(values)
    told = json.dumps({"to": safe[0], "deep": json.dumps({"at": safe[1], "in": [safe[2]]})})
    assert not any(value in told for value in values)
    events = shape.make([told[at : at + size] for at in range(0, len(told), size)])
    out = shape.read(from_sse(through(session, "text/event-stream", sse(events), [])))
    arguments = json.loads(out)
    assert [arguments["to"], *json.loads(arguments["deep"]).values()] == [values[0], values[1], [values[2]]]


@pytest.mark.parametrize("shape", TEXT, ids=lambda shape: str(shape.name))
def test_the_first_token_is_not_delayed(session: Session, shape: Shape) -> None:
    found = restoring("text/event-stream", session.answer())
    assert found is not None
    out = b""
    for event in shape.make(["Hello", " there <PERS", "ON_1>!"]):
        out += found.feed(sse([event]).replace(b"data: [DONE]\n\n", b""))
        text = shape.read(from_sse(out))
        if "Hello" in json.dumps(event):
            assert text == "Hello"
            return
    pytest.fail("the event with the first token never came")


@pytest.mark.parametrize("shape", TEXT, ids=lambda shape: str(shape.name))
def test_what_is_held_back_leaves_before_the_end_of_its_block(session: Session, shape: Shape) -> None:
    out = from_sse(through(session, "text/event-stream", sse(shape.make(["Hi <PERSON_", ""])), []))
    texts = [n for n, event in enumerate(out) if shape.read([event])]
    ends = [n for n, event in enumerate(out) if isinstance(event, dict) and _ends(event)]
    assert shape.read(out) == "Hi <PERSON_"
    assert all(texts[-1] <= end for end in ends)


def _ends(event: dict[str, object]) -> bool:
    told = json.dumps(event)
    marks = ('"finish_reason": "', "_stop", "finishReason", "-end", '"done": true', "Stop", ".done", "FINISH")
    return any(mark in told for mark in marks)


def test_text_ends_before_a_tool_call_begins(session: Session) -> None:
    def chunk(delta: object) -> object:
        return {"choices": [{"index": 0, "delta": delta}]}

    call = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": ""}}]}
    events = [chunk({"content": "I ask <PERSON_"}), chunk(call)]
    out = from_sse(through(session, "text/event-stream", sse(events), []))
    assert out == [chunk({"content": "I ask "}), {**_dict(chunk({"content": "<PERSON_"}), None)}, chunk(call)]


def _dict(chunk: object, finish: object) -> dict[str, object]:
    assert isinstance(chunk, dict)
    return {"choices": [{**chunk["choices"][0], "finish_reason": finish}]}


def test_choices_are_restored_apart(session: Session) -> None:
    def chunk(index: int, text: str) -> object:
        return {"choices": [{"index": index, "delta": {"content": text}}]}

    events = [chunk(0, "<PERS"), chunk(1, "<EMAIL_"), chunk(0, "ON_1>"), chunk(1, "ADDRESS_1>")]
    out = from_sse(through(session, "text/event-stream", sse(events), []))
    texts = [[e["choices"][0]["delta"]["content"] for e in out if isinstance(e, dict) and e["choices"][0]["index"] == n] for n in (0, 1)]  # fmt: skip
    assert ["".join(text) for text in texts] == ["Maria Gonzalez", MAILS[0]]


def test_gemini_parts_stay_in_order(session: Session) -> None:
    def chunk(*parts: object) -> object:
        return {"candidates": [{"index": 0, "content": {"role": "model", "parts": list(parts)}}]}

    call = {"functionCall": {"name": "f", "args": {"to": "<PERSON_1>"}}}
    events = [chunk({"text": "<PERSON_1> and <PER"}), chunk(call, {"text": "SON"}), chunk({"text": "_2>"})]
    out = from_sse(through(session, "text/event-stream", sse(events), []))
    told: list[object] = [
        p for e in out if isinstance(e, dict) for p in e["candidates"][0]["content"]["parts"]
    ]
    assert told == [
        {"text": "Maria Gonzalez and "},
        {"text": "<PER"},
        {"functionCall": {"name": "f", "args": {"to": "Maria Gonzalez"}}},
        {"text": "SON"},
        {"text": "_2>"},
    ]


def test_events_without_data_ids_and_comments_come_through_as_they_are(session: Session) -> None:
    data = b": c\nid: 7\nretry: 10\nevent: x\ndata: {\"a\":\ndata: \"<PERSON_1>\"}\n\nevent: ping\n\n:\n\ndata: plain <PERSON_1>\n\nid: 8\ndata: [DONE]\n\n"  # fmt: skip
    out = through(session, "text/event-stream", data, [])
    assert out == (
        b': c\nid: 7\nretry: 10\nevent: x\ndata: {"a": "Maria Gonzalez"}\n\nevent: ping\n\n:\n\n'
        b"data: plain Maria Gonzalez\n\nid: 8\ndata: [DONE]\n\n"
    )


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=10))
@settings(max_examples=200, deadline=None)
def test_a_stream_without_placeholders_is_passed_on_byte_by_byte(data: bytes, cuts: list[int]) -> None:
    session = redactor().session()
    session.redact("Maria")
    assert through(session, "text/event-stream", data, cuts) == data


def test_a_broken_frame_is_an_error(session: Session) -> None:
    data = bytearray(frames([{"a": "b"}]))
    data[-6] ^= 1
    with pytest.raises(TransportError, match="checksum"):
        through(session, "application/vnd.amazon.eventstream", bytes(data), [])
    with pytest.raises(TransportError, match="head of a frame"):
        through(session, "application/vnd.amazon.eventstream", b"\0\0\0\x10\0\0\0\0abcdabcd", [])
