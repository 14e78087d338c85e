"""Credentials told by the structure around them: URLs with a password, private keys, JSON web tokens."""

from __future__ import annotations

import binascii
import json
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator

from prodworthy.secrets.candidate import Candidate, Evidence
from prodworthy.secrets.windows import Window

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{1,30})://(?P<user>[^\s:/?#\[\]@\"'<>]{0,80}):"
    r"(?P<password>[^\s/?#\[\]@\"'<>]{1,120})@(?P<host>[A-Za-z0-9.-]+)"
)
_SERVERS = {
    "postgres": "PostgreSQL", "postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB",
    "mongodb": "MongoDB", "redis": "Redis", "rediss": "Redis", "amqp": "AMQP", "amqps": "AMQP",
    "mssql": "SQL Server", "clickhouse": "ClickHouse", "cockroachdb": "CockroachDB", "neo4j": "Neo4j",
    "bolt": "Neo4j", "kafka": "Kafka",
}  # fmt: skip
_REFERENCE = re.compile(r"[{}$%<>*()\\|]|\.\.\.|^\W+$")
_LOCAL = re.compile(
    r"(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|host\.docker\.internal|[^.]+"
    r"|.*\.(?:local|test|example|invalid|internal))$"
)
_EXAMPLE_HOST = re.compile(r"(?:^|\.)(?:example|sample|domain|test|host|server|your[\w-]*|my[\w-]*)\.[\w.]+$")
_HEADER = re.compile(rb"-----BEGIN (?P<kind>[A-Z0-9 ]*)PRIVATE KEY(?: BLOCK)?-----")
_NOISE = re.compile(rb"\\[nr]|[\s\"'+,\\|>#*]|(?:Version|Comment|Charset): [^\n]*\n")
_BEGINS = re.compile(rb"(?:\\[nr]|[\s\"'+,\\|>#*]|[A-Z][A-Za-z-]+: [^\n]{0,100}\n){0,40}[A-Za-z0-9/+]{8}")
_BODY = re.compile(rb"[A-Za-z0-9/=_-]{60,}")
_BODY_READ = 1_200
_JWT = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}={0,2}\.eyJ[A-Za-z0-9_-]{4,}={0,2}\.(?P<signature>[A-Za-z0-9_-]{20,})"
)
_PUBLIC_ROLES = frozenset({"anon", "public", "guest"})


def in_window(window: Window) -> Iterator[Candidate]:
    """URLs with a password, and JSON web tokens."""
    text = window.text
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            if _is_password(match):
                first = window.start + match.start("password")
                server = _SERVERS.get(match["scheme"].lower().partition("+")[0])
                label = f"password of a {server} URL" if server else "password in a URL"
                password = match["password"]
                yield Candidate(label, password, first, first + len(password), Evidence.STRUCTURE)
    if "eyJ" in text:
        for match in _JWT.finditer(text):
            if _is_token(match):
                first = window.start + match.start()
                yield Candidate("JSON web token", match[0], first, first + len(match[0]), Evidence.STRUCTURE)


def is_web_token(value: str) -> bool:
    """Whether ``value`` has the form of a JSON web token, which is judged by what it says."""
    return _JWT.fullmatch(value.strip()) is not None


def private_keys(chunk: bytes) -> Iterator[Candidate]:
    """Private keys in PEM, OpenSSH and PGP form that are not encrypted and not cut short."""
    if b"PRIVATE KEY" not in chunk:
        return
    from prodworthy_redact.randomness import is_random

    for match in _HEADER.finditer(chunk):
        if _BEGINS.match(chunk, match.end()) is None:
            continue
        rest = _NOISE.sub(b"", chunk[match.end() : match.end() + _BODY_READ])
        body = _BODY.match(rest)
        if body is None or b"ENCRYPTED" in match["kind"] or b"ENCRYPTED" in rest[:60]:
            continue
        text = body[0].decode("latin-1")
        if is_random(text[10:58]):
            kind = match["kind"].decode("latin-1").strip()
            label = f"{kind} private key" if kind else "private key"
            yield Candidate(label, text, match.start(), match.end(), Evidence.STRUCTURE, certain=True)


def _is_password(url: re.Match[str]) -> bool:
    """Whether a URL opens something: no reference, no example, no throw-away password of a local server."""
    from prodworthy_redact import credentials

    user, password, host = url["user"].lower(), url["password"], url["host"].lower()
    if _REFERENCE.search(password) or _REFERENCE.search(user) or password.lower() in (user, host):
        return False
    if _EXAMPLE_HOST.search(host) or credentials.is_placeholder(password):
        return False
    strong = len(password) >= 12 and any(c.isdigit() for c in password) and any(c.isalpha() for c in password)
    if _LOCAL.match(host):
        return strong and credentials.looks_secret(password)
    return strong or (
        len(password) >= 6 and not (password.islower() or password.isupper() or password.istitle())
    )


def _is_token(match: re.Match[str]) -> bool:
    """Whether a token is signed, is for somebody, and still holds."""
    from prodworthy_redact.randomness import is_random

    header, payload = (_decoded(part) for part in match[0].split(".")[:2])
    if (
        header is None
        or payload is None
        or header.get("alg") in (None, "none")
        or not is_random(match["signature"])
    ):
        return False
    if payload.get("role") in _PUBLIC_ROLES or payload.get("name") == "John Doe":
        return False
    expires = payload.get("exp")
    return not (isinstance(expires, int | float) and expires < time.time())


def _decoded(part: str) -> dict[str, object] | None:
    try:
        value = json.loads(urlsafe_b64decode(part.rstrip("=") + "=" * (-len(part.rstrip("=")) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
