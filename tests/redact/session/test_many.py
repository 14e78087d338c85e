"""One redactor, many at once; and large messages."""

from __future__ import annotations

import asyncio
import json
import threading
import tracemalloc
from collections.abc import Mapping

import pytest
from redact.support import KEY, Fake, redactor

from prodworthy_redact import Policy, Redactor


def test_threads_share_a_redactor_but_no_values() -> None:
    shared = redactor()
    wrong: list[str] = []

    def work(index: int) -> None:
        own = f"person{index}"
        for turn in range(40):
            session = shared.session(own)
            text = f"{own} turn {turn}: Maria Gonzalez" if index % 2 else f"{own} turn {turn}: Bob O'Neil"
            safe = session.redact({"messages": [{"role": "user", "content": text}]})
            if "<PERSON_1>" not in str(safe) or "_2" in str(safe):
                wrong.append(str(safe))
            answer = session.restore("<PERSON_1> <PERSON_2>")
            if answer != ("Maria Gonzalez" if index % 2 else "Bob O'Neil") + " <PERSON_2>":
                wrong.append(answer)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_threads_share_a_session() -> None:
    session = redactor().session("one")
    texts = [f"{turn} Maria Gonzalez, Bob O'Neil {turn}" for turn in range(60)]
    results: list[list[str]] = [[] for _ in range(8)]

    def work(index: int) -> None:
        for text in texts:
            safe = session.redact(text)
            results[index].append(safe)
            assert session.restore(safe) == text

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == results[0] for result in results)
    assert len(results[0]) == 60


def test_two_hundred_tasks_share_a_redactor() -> None:
    shared = redactor()

    async def conversation(index: int) -> str:
        name = "Maria Gonzalez" if index % 2 else "Bob O'Neil"
        with shared.session(f"task {index}") as session:
            safe = session.redact(f"I am {name}")
            await asyncio.sleep(0)
            restorer = session.stream_restorer()
            out = ""
            for piece in ("Hello <PER", "SON_1>", ", not <PERSON_2>"):
                out += restorer.feed(piece)
                await asyncio.sleep(0)
            assert safe == "I am <PERSON_1>"
            return out + restorer.flush()

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(conversation(index) for index in range(200)))

    answers = asyncio.run(all_of_them())
    names = ["Bob O'Neil", "Maria Gonzalez"] * 100
    assert answers == [f"Hello {name}, not <PERSON_2>" for name in names]


def test_a_history_is_scanned_once() -> None:
    finder = Fake()
    session = Redactor(Policy(), finder=finder, key=KEY).session("chat")
    turns: list[dict[str, str]] = []
    for turn in range(50):
        turns.append({"role": "user", "content": f"turn {turn}: Maria Gonzalez"})
        asked = len(finder.asked)
        session.redact({"model": "m", "messages": turns})
        assert len(finder.asked) == asked + 1


def test_a_megabyte_needs_memory_in_proportion() -> None:
    filler = "a sentence with <b>markup</b>, a_1 and 3 > 2. " * 25
    text = f"Maria Gonzalez <PERSON_7> wrote {{x}} to maria@example.com & co. {filler}" * 900
    session = redactor().session()
    session.redact("warm up: Maria")
    tracemalloc.start()
    safe = session.redact(text)
    assert session.restore(safe) == text
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(text) > 1_000_000
    assert peak < 20 * len(text)


@pytest.mark.parametrize(
    "nasty", ["<", "&lt;", "\\", "<PERSON_", "A_", "PERSON_1", "{", '["', "%4", "<a ", "data:;base64,A"]
)
def test_nasty_text_ends(nasty: str) -> None:
    """Anything quadratic takes minutes here."""
    session = redactor().session()
    session.redact("Maria Gonzalez")
    text = nasty * (300_000 // len(nasty))
    assert session.restore(session.redact(text)) == text


def test_a_history_comes_out_the_same_every_turn_and_is_never_shared() -> None:
    session = redactor(action="surrogate").session("chat")
    turns: list[dict[str, object]] = []
    before: list[dict[str, object]] = []
    for name in ("Maria Gonzalez", "nobody", "Bob O'Neil", "Maria Gonzalez"):
        turns.append({"role": "user", "content": [{"type": "text", "text": f"I am {name}"}]})
        request = {"model": "m", "messages": turns}
        safe = session.redact(request)
        assert safe["messages"][: len(before)] == before
        assert session.restore(safe) == request
        before = json.loads(json.dumps(safe["messages"]))
        for message in safe["messages"]:
            if message not in turns:
                assert isinstance(message, dict)
                message.clear()  # whoever gets it may change it


def test_known_turns_are_counted_too() -> None:
    entries: list[Mapping[str, object]] = []
    session = Redactor(Policy(), finder=Fake(), key=KEY, audit=entries.append).session("chat")
    turns = [{"role": "user", "content": "Maria Gonzalez"}]
    for _ in range(3):
        session.redact({"messages": [*turns]})
        turns.append({"role": "user", "content": "Maria Gonzalez"})
    assert [entry["entities"] for entry in entries] == [
        [{"kind": "PERSON", "action": "replace", "count": count}] for count in (1, 2, 3)
    ]
