"""What stands around a value of no form of its own decides whether it opens something."""

from __future__ import annotations

import pytest

from fake_keys import fake_key
from prodworthy.secrets.scan import scan

ODD = fake_key("base62")
OTHER = fake_key("base62", 1)
SHAPED = fake_key("groq")


def found(path: str, text: str) -> list[str]:
    return [secret.candidate.secret for secret in scan(path, text.encode())]


def altered(value: str, *places: int) -> str:
    letters = list(value)
    for place in places:
        letters[place] = "9" if letters[place] != "9" else "8"
    return "".join(letters)


def test_a_key_that_comes_back_changed_was_made_up_like_the_others_beside_it() -> None:
    text = f"ONE_API_KEY: {ODD}\nTWO_API_KEY: {OTHER}\nTHIRD_KEY: {SHAPED}\n"
    assert found("compose.yaml", text) == [ODD, OTHER, SHAPED]
    assert found("compose.yaml", f"{text}# ONE_API_KEY: {altered(ODD, 3, 17)}\n") == [SHAPED]


@pytest.mark.parametrize("second", [ODD, ODD[:20] + OTHER[20:], OTHER])
def test_keys_that_are_equal_or_begin_alike_are_keys(second: str) -> None:
    text = f"ONE_API_KEY: {ODD}\n---\nONE_API_KEY: {second}\n"
    assert found("compose.yaml", text) == [ODD, second]


@pytest.mark.parametrize(
    "text",
    [
        "[join us](https://chat.acme.dev/join?room=12&authKey={})",
        '<a href="https://chat.acme.dev/join?authKey={}">join us</a>',
        '<img src="https://badge.acme.dev/?access_token={}" />',
    ],
)
def test_what_a_link_holds_is_there_for_its_readers(text: str) -> None:
    assert found("README.md", text.format(ODD)) == []
    assert found("README.md", text.format(SHAPED)) == [SHAPED]


def test_an_address_that_is_no_link_is_read() -> None:
    assert found("run.sh", f"curl 'https://api.acme.dev/v1?api_key={ODD}'\n") == [ODD]


LOCAL = [
    ("run.sh", "curl http://localhost:9380/v1 -H 'Authorization: Bearer {}'\n"),
    ("run.sh", "curl \\\n  --url http://127.0.0.1/v1 \\\n  -H 'Authorization: Bearer {}' \\\n  -d '{{}}'\n"),
    (".env", "QDRANT_URL=http://localhost:6333\nQDRANT_API_KEY={}\n"),
    ("config.yaml", "qdrant:\n  qdrant_host: localhost\n  qdrant_api_key: {}\n"),
    ("app.py", '# connect("http://localhost:9382/sse", headers={{"api_key": "{}"}})\n'),
    ("config.yaml", "base_url: http://localhost:9380\napi_key: {}\n"),
]
REMOTE = [
    ("run.sh", "curl https://api.acme.dev/v1 -H 'Authorization: Bearer {}' # http://localhost\n"),
    ("run.sh", "curl http://localhost/health\ncurl https://api.acme.dev -H 'Authorization: Bearer {}'\n"),
    (".env", "QDRANT_URL=http://localhost:6333\nCOHERE_API_KEY={}\n"),
    (".env", "HOST=127.0.0.1\nSECRET_KEY={}\n"),
    (".env", "APP_URL=http://localhost:3000\nJWT_SECRET={}\n"),
    (".env", "BASE_URL=http://localhost:3000\n\nDEBUG=1\n\nAPI_KEY={}\n"),
    (".env", "QDRANT_URL=http://localhost.acme.dev:6333\nQDRANT_API_KEY={}\n"),
]


@pytest.mark.parametrize(("path", "text"), LOCAL)
def test_the_key_of_a_server_on_this_machine_opens_nothing_elsewhere(path: str, text: str) -> None:
    assert found(path, text.format(ODD)) == []
    assert found(path, text.format(SHAPED)) == [SHAPED]


@pytest.mark.parametrize(("path", "text"), REMOTE)
def test_a_server_on_this_machine_says_nothing_of_other_keys(path: str, text: str) -> None:
    assert found(path, text.format(ODD)) == [ODD]
