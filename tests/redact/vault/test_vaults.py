"""What holds for every vault: one truth for all readers, sessions apart, nothing kept for ever."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from redact.support import KEY, SECRET, Fake

from prodworthy_redact import Policy, PolicyError, Redactor, VaultError
from prodworthy_redact.detect import Entity
from prodworthy_redact.keys import VARIABLE, Key
from prodworthy_redact.vault import Entry, FileVault, MemoryVault, RedisVault, Seen, Vault, open_vault

Open = Callable[[], Vault]
ONE, TWO = Entry("value", "PERSON", 1, 1, "Maria"), Entry("value", "PERSON", 2, 1, "Bob")


@pytest.fixture(params=["memory", "file", "redis"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "memory":
        vault = MemoryVault()
        return lambda: vault
    if request.param == "file":
        return lambda: FileVault(tmp_path / "vault", KEY)
    url = request.getfixturevalue("redis_url")
    request.getfixturevalue("redis_dump")
    return lambda: RedisVault(url, KEY)


def test_a_log_is_read_from_where_the_reader_is(opened: Open) -> None:
    vault = opened()
    assert vault.read("a", Seen()).generation == ""
    first = vault.append("a", Seen(), [ONE])
    assert first.entries == (ONE,)
    assert vault.append("a", Seen(first.generation, 1), [TWO]).entries == (TWO,)
    assert opened().read("a", Seen()).entries == (ONE, TWO)
    assert opened().read("a", Seen(first.generation, 1)).entries == (TWO,)
    assert opened().read("b", Seen()).entries == ()


def test_who_comes_second_is_told_what_the_first_wrote(opened: Open) -> None:
    opened().append("a", Seen(), [ONE])
    assert opened().append("a", Seen(), [TWO]).entries == (ONE,)
    assert opened().read("a", Seen()).entries == (ONE,)


def test_a_forgotten_session_begins_anew(opened: Open) -> None:
    vault = opened()
    old = vault.append("a", Seen(), [ONE])
    vault.forget("a")
    assert vault.append("a", Seen(old.generation, 1), [TWO]).generation == ""
    new = vault.append("a", Seen(), [TWO])
    assert new.generation != old.generation
    assert vault.read("a", Seen(old.generation, 1)).entries == (TWO,)


def test_two_redactors_agree(opened: Open) -> None:
    one, other = (Redactor(Policy(), vault=opened(), key=KEY, finder=Fake()).session("c") for _ in range(2))
    assert one.redact("Maria Gonzalez") == "<PERSON_1>"
    assert other.redact("Bob O'Neil and Maria Gonzalez") == "<PERSON_2> and <PERSON_1>"
    assert one.restore("<PERSON_2>, <PERSON_1>") == "Bob O'Neil, Maria Gonzalez"
    assert one.redact("<PERSON_2> and <PERSON_1>") == other.redact("<PERSON_2> and <PERSON_1>")


def test_one_placeholder_is_never_given_out_twice(opened: Open) -> None:
    """Many redactors, each with its own view of the session, all at once."""
    safe: dict[str, str] = {}

    def work(index: int) -> None:
        session = Redactor(
            Policy(recognizers=({"entity": "CODE", "regex": r"code-\d+-\d+", "score": 1.0},), names="off"),
            vault=opened(),
            key=KEY,
            finder=Codes(),
        ).session("shared")
        for number in range(12):
            for text in (f"code-{index}-{number}", f"code-0-{number}"):
                safe[f"{index} {text}"] = session.redact(text)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values: dict[str, set[str]] = {}
    for key, placeholder in safe.items():
        values.setdefault(placeholder, set()).add(key.split(" ")[1])
    assert len(safe) == 6 * 12 + 5 * 12
    assert all(len(found) == 1 for found in values.values())
    assert len(values) == 6 * 12


class Codes(Fake):
    def find(self, text: str) -> list[Entity]:
        return [Entity(m.start(), m.end(), "CODE", 1.0, "Codes") for m in re.finditer(r"code-\d+-\d+", text)]


@pytest.mark.usefixtures("redis_dump")
def test_processes_share_a_session(tmp_path: Path, redis_url: str) -> None:
    script = (
        "import json, sys; from redact.support import *\n"
        "from prodworthy_redact import Policy, Redactor\n"
        "talks = [Redactor(Policy(vault=v), key=KEY, finder=Fake()).session('s') for v in sys.argv[2:]]\n"
        "names = ['Maria Gonzalez', \"Bob O'Neil\"][:: int(sys.argv[1])]\n"
        "print(json.dumps([{name: talk.redact(name) for name in names} for talk in talks]))\n"
    )
    vaults = [f"file:{tmp_path / 'v'}", redis_url]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, order, *vaults],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )
        for order in ("1", "-1")
    ]
    first, second = (json.loads(process.communicate()[0]) for process in running)
    assert first == second
    assert [set(talk.values()) for talk in first] == [{"<PERSON_1>", "<PERSON_2>"}] * 2


def test_a_session_in_memory_is_forgotten_in_time() -> None:
    now = [0.0]
    vault = MemoryVault(sessions=2, ttl=10, clock=lambda: now[0])
    vault.append("a", Seen(), [ONE])
    now[0] = 9
    assert vault.read("a", Seen()).entries == (ONE,)
    now[0] = 18
    assert vault.read("a", Seen()).entries == (ONE,)
    now[0] = 29
    assert vault.read("a", Seen()).entries == ()
    for name in "abc":
        vault.append(name, Seen(), [ONE])
    assert [vault.read(name, Seen()).entries for name in "abc"] == [(), (ONE,), (ONE,)]


def test_a_session_in_files_is_forgotten_in_time(tmp_path: Path) -> None:
    vault = FileVault(tmp_path, KEY, ttl=100)
    vault.append("a", Seen(), [ONE])
    (file,) = tmp_path.glob("*.session")
    os.utime(file, (1, 1))
    assert vault.read("a", Seen()).entries == ()
    assert not file.exists()


@pytest.mark.usefixtures("redis_dump")
def test_a_session_in_redis_is_forgotten_in_time(redis_url: str) -> None:
    vault = RedisVault(redis_url, KEY, ttl=50)
    vault.append("a", Seen(), [ONE])
    client = redis.Redis.from_url(redis_url)
    assert [0 < client.pttl(name) <= 50_000 for name in client.scan_iter()] == [True]
    client.close()


def test_a_session_is_bounded() -> None:
    session = Redactor(Policy(max_values=2), key=KEY, finder=Fake()).session("s")
    session.redact("Maria Gonzalez, maria@example.com")
    with pytest.raises(VaultError, match="max_values"):
        session.redact("415-555-0123")
    assert session.redact("maria@example.com") == "<EMAIL_ADDRESS_1>"


def test_stored_sessions_hold_no_values(tmp_path: Path, redis_url: str, redis_dump: Path) -> None:
    for vault in (FileVault(tmp_path, KEY), RedisVault(redis_url, KEY)):
        session = Redactor(Policy(), vault=vault, key=KEY, finder=Fake()).session(f"talk of {SECRET}")
        assert SECRET not in session.redact(f"{SECRET} and Maria Gonzalez")
    client = redis.Redis.from_url(redis_url)
    client.save()
    client.close()
    stored = [file.read_bytes() for file in tmp_path.iterdir()] + [redis_dump.read_bytes()]
    assert sum(map(len, stored)) > 500
    for data in stored:
        for part in (b"maria", b"Maria", b"gonzalez", b"talk"):
            assert part not in data
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    FileVault(tmp_path / "one", KEY, single=True).append("a", Seen(), [ONE])
    stranger = FileVault(tmp_path / "one", Key(b"another key, just as long as the first one"), single=True)
    with pytest.raises(VaultError, match=f"one: cannot be opened: .*{VARIABLE}"):
        stranger.read("a", Seen())


def test_lines_cannot_be_moved_between_sessions(tmp_path: Path) -> None:
    vault = FileVault(tmp_path, KEY)
    vault.append("mine", Seen(), [ONE])
    (mine,) = tmp_path.glob("*.session")
    vault.append("yours", Seen(), [TWO])
    (yours,) = set(tmp_path.glob("*.session")) - {mine}
    yours.write_bytes(mine.read_bytes())
    with pytest.raises(VaultError, match="cannot be opened"):
        vault.read("yours", Seen())


def test_half_a_line_does_no_harm(tmp_path: Path) -> None:
    vault = FileVault(tmp_path, KEY)
    tail = vault.append("a", Seen(), [ONE])
    (file,) = tmp_path.glob("*.session")
    file.write_bytes(file.read_bytes() + b"c29tZXRoaW5n")
    assert vault.read("a", Seen()).entries == (ONE,)
    assert vault.append("a", Seen(tail.generation, 1), [TWO]).entries == (TWO,)
    assert vault.read("a", Seen()).entries == (ONE, TWO)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("nowhere", "`vault` must be"),
        ("file:x", f"set {VARIABLE}"),
        ("redis://127.0.0.1:1", f"set {VARIABLE}"),
    ],
)
def test_a_vault_that_cannot_be_is_an_error(where: str, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        open_vault(where, None, 10, 10)


def test_a_file_that_is_no_session_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("hello\n", encoding="utf-8")
    with pytest.raises(VaultError, match="notes: is no session file"):
        FileVault(tmp_path / "notes", KEY, single=True).read("a", Seen())


def test_a_redis_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(VaultError, match="Redis does not answer"):
        RedisVault("redis://127.0.0.1:1/0", KEY).read("a", Seen())
