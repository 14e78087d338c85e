"""A fresh key of every provider is found wherever people write keys down."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest

from fake_keys import PROVIDERS, fake_key
from prodworthy.secrets.candidate import Evidence
from prodworthy.secrets.scan import scan
from secrets_forms import written

KEY = fake_key("anthropic")
UNPREFIXED = {
    "MISTRAL_API_KEY": "base62",
    "COHERE_API_KEY": "base62",
    "AZURE_OPENAI_API_KEY": "hex",
    "AWS_SECRET_ACCESS_KEY": "base64",
    "TOGETHER_API_KEY": "together-old",
    "PINECONE_API_KEY": "uuid",
    "WEAVIATE_API_KEY": "base62",
    "QDRANT_API_KEY": "base62",
    "WANDB_API_KEY": "hex40",
    "SERPAPI_API_KEY": "hex64",
    "DEEPGRAM_API_KEY": "hex40",
    "ASSEMBLYAI_API_KEY": "hex",
    "TWILIO_AUTH_TOKEN": "hex",
    "TWILIO_API_KEY": "twilio",
}
PLACEHOLDERS = Path(__file__).parents[1].joinpath("placeholders.txt").read_text(encoding="utf-8").splitlines()


def missed(name: str, key: str) -> list[str]:
    def is_found(path: str, text: str) -> bool:
        found = [secret.candidate.secret for secret in scan(path, text.encode())]
        return any(secret in key or key in secret for secret in found)

    return [path for path, text in written(name, key) if not is_found(path, text)]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_key_with_a_prefix_is_found_in_every_kind_of_file(provider: str) -> None:
    lost = [(seed, missed("SERVICE_API_KEY", fake_key(provider, seed))) for seed in range(12)]
    assert sum(len(paths) for _, paths in lost) <= 12 * 15 * 0.02 * 5, lost


@pytest.mark.parametrize(("name", "form"), UNPREFIXED.items())
def test_a_key_without_a_prefix_is_found_by_its_name(name: str, form: str) -> None:
    lost = [missed(name, fake_key(form, seed)) for seed in range(12)]
    assert sum(map(len, lost)) <= 15, lost


def test_of_all_together_two_in_a_hundred_may_be_missed() -> None:
    keys = [("SERVICE_API_KEY", fake_key(provider, seed)) for provider in PROVIDERS for seed in range(4)]
    keys += [(name, fake_key(form, seed)) for name, form in UNPREFIXED.items() for seed in range(4)]
    lost = sum(len(missed(name, key)) for name, key in keys)
    assert lost <= 0.02 * 15 * len(keys)


def test_placeholders_are_left_alone() -> None:
    assert len(PLACEHOLDERS) >= 299
    flagged = [
        (value, path)
        for value in PLACEHOLDERS
        for path, text in written("OPENAI_API_KEY", value)
        if scan(path, text.encode())
    ]
    assert len({value for value, _ in flagged}) <= 3, flagged


def test_it_knows_line_and_columns_in_characters() -> None:
    key = fake_key("anthropic")
    (secret,) = scan(".env", f"A=1\nÜBER=é {key}\n".encode())
    assert (secret.line, secret.column, secret.end_column) == (2, 8, 8 + len(key))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://app:{}@db.acme.dev:5432/app",
        "mongodb+srv://app:{}@c0.ab12.mongodb.net/",
        "rediss://:{}@cache.acme.dev:6379/0",
        "https://deploy:{}@git.acme.dev/app.git",
    ],
)
def test_the_password_of_a_url_is_found(url: str) -> None:
    password = fake_key("base62")[:14]
    (secret,) = scan("config.yaml", f"url: {url.format(password)}\n".encode())
    assert secret.candidate.secret == password
    assert secret.candidate.evidence is Evidence.STRUCTURE


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://postgres:postgres@localhost:5432/app",
        "postgresql://user:password@db.acme.dev/app",
        "postgresql://app:${DB_PASSWORD}@db.acme.dev/app",
        "postgresql://app:{password}@db.acme.dev/app",
        "postgresql://app:<password>@db.acme.dev/app",
        "mysql://root:example@mysql/app",
        "https://user:s3cr3t-pass@example.com/",
        "mongodb://admin:admin@mongo:27017",
    ],
)
def test_urls_that_open_nothing_are_left_alone(url: str) -> None:
    assert scan("config.yaml", f"url: {url}\n".encode()) == []


def _token(payload: dict[str, object]) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, payload)
    encoded = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*encoded, fake_key("base62")])


def test_web_tokens() -> None:
    assert scan("a.yaml", f"auth: {_token({'sub': 'worker', 'role': 'service_role'})}\n".encode())
    assert not scan("a.yaml", f"auth: {_token({'role': 'anon'})}\n".encode()), "made for browsers"
    assert not scan("a.yaml", f"auth: {_token({'sub': 'worker', 'exp': 1_000_000_000})}\n".encode()), (
        "expired"
    )


def test_private_keys() -> None:
    kind = "PRIVATE " + "KEY"
    body = "\n".join(fake_key("base62", seed) + fake_key("base62", seed + 50)[:24] for seed in range(8))
    text = f"-----BEGIN RSA {kind}-----\n{body}\n-----END RSA {kind}-----\n"
    (secret,) = scan("deploy/id_rsa", text.encode())
    assert (secret.line, secret.candidate.label) == (1, "RSA private key")
    account = json.dumps({"type": "service_account", "private_key": text.replace("RSA ", "")}).encode()
    assert [s.candidate.label for s in scan("account.json", account)] == ["private key"]
    assert not scan("a.md", f"-----BEGIN {kind}-----\n...\n-----END {kind}-----\n".encode())
    assert not scan("a.pem", text.replace("RSA ", "ENCRYPTED ").encode())


def test_keys_in_base64_and_in_pieces() -> None:
    key = fake_key("openai")
    (secret,) = scan("secret.yaml", f"data:\n  key: {b64encode(key.encode()).decode()}\n".encode())
    assert secret.candidate.label == "OpenAI project API key in base64"
    (secret,) = scan("app.js", f'const key = "{key[:12]}" + "{key[12:40]}" + "{key[40:]}";\n'.encode())
    assert secret.candidate.secret == key


def test_keys_after_escapes_in_a_string() -> None:
    key = fake_key("openai-classic")
    (secret,) = scan("log.json", json.dumps({"text": f"the key\n{key}\nends"}).encode())
    assert secret.candidate.secret == key


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "app.js",
            "const key = FIREBASE; // firebase\nconst c = { authDomain: 'a.dev', apiKey: '{google}' }",
        ),
        (".env", "NEXT_PUBLIC_MAPS_API_KEY={hex}\n"),
        ("docs.js", "algolia: { appId: 'A', apiKey: '{hex}' }"),
        ("poetry.lock", 'api_key = "{base62}"\n'),
        ("config.yaml", "api_key: {openai}...\n"),
        ("tests/conftest.yaml", "api_key: {base62}\n"),
        ("app.ts", "apiKey: sessionKey2Provider4Default7(x)"),
    ],
)
def test_the_surroundings_decide(path: str, text: str) -> None:
    for form in ("google", "hex", "base62", "openai"):
        text = text.replace(f"{{{form}}}", fake_key(form)[: -20 if "..." in text else None])
    assert scan(path, text.encode()) == []


def test_a_checksum_makes_certain() -> None:
    from zlib import crc32

    body, digits, number = fake_key("github")[4:34], "", 0
    number = crc32(body.encode())
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    while number:
        number, digit = divmod(number, 62)
        digits = alphabet[digit] + digits
    (right,) = scan(".env", f"T=ghp_{body}{digits.rjust(6, '0')}\n".encode())
    (wrong,) = scan(".env", f"T={fake_key('github')}\n".encode())
    assert right.candidate.certain
    assert not wrong.candidate.certain


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "For example:\n\nCOHERE_API_KEY={base62}\n"),
        ("docs/setup.md", "api_key: {hex}  # 示例\n"),
        ("README.md", '"username": "demo@example.com",\n"client_secret": "{base62}"\n'),
        ("docs/setup.md", "subscription_key: 4871f273a4804743\n"),
        (
            "app.ini",
            "conn = AccountKey=C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==\n",
        ),
    ],
)
def test_examples_in_texts_for_people_are_no_secrets(path: str, text: str) -> None:
    text = text.replace("{base62}", fake_key("base62")).replace("{hex}", fake_key("hex"))
    assert scan(path, text.encode()) == []


def test_texts_for_people_leak_too() -> None:
    assert scan("README.md", f"Set `AZURE_OPENAI_API_KEY={fake_key('hex')}` and start it.\n".encode())
    assert scan("README.md", f"For example: `{KEY}`\n".encode())
