"""PW501 beyond its page: what is somebody's, what is nobody's, and what a report gives away."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from run_rule import run_rule

from prodworthy_rules.privacy._personal_text import find
from prodworthy_rules.privacy.pii_in_prompt_literal import RULE

CALL = """from openai import OpenAI

PROMPT = {prompt!r}
client = OpenAI()
client.responses.create(model="gpt-4o-mini", instructions=PROMPT, input="Go on.")
client.responses.create(model="gpt-4o-mini", instructions=PROMPT, input="Stop.")
"""


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("From: Petra <petra.kovac@gmx.at>", "e-mail address", "petra.kovac@gmx.at"),
        ("reach me: m.okafor+work@posteo.de.", "e-mail address", "m.okafor+work@posteo.de"),
        ("call +43 664 1837 225 now", "phone number", "+43 664 1837 225"),
        ("my cell is (212) 736-5000", "phone number", "(212) 736-5000"),
        ("charge 4556 7375 8689 9855", "card number", "4556 7375 8689 9855"),
        ("my Visa card 4556737586899855", "card number", "4556737586899855"),
        ("to AT02 2050 3021 0102 3600", "bank account", "AT02 2050 3021 0102 3600"),
        ("her ssn is 536-22-8461", "social security number", "536-22-8461"),
        ("client ip 93.184.216.34", "IP address", "93.184.216.34"),
    ],
)
def test_somebody_s(text: str, kind: str, value: str) -> None:
    assert [(str(found.kind), found.text) for found in find(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "jane@example.com, ben@personal.com, max@mail.example.org, a@b.test, x@y.invalid, petra@localhost.local",
        "john.doe@gmail.com, jane_doe@yahoo.com, user@company.com, name@domain.com, your.email@gmail.com",
        "support@tickets-r-us.com, info@firma.de, no-reply@service.net, sales.emea@vendor.com",
        "git@github.com:owner/name.git, https://user:word@host.com/x, pip install a@1.2.3, @decorator.setter",
        "call 415-555-0132, (212) 555-0199, phone 555-0100, tel. 020 7946 0123",
        "phone: 123-456-7890, +1234567890, mobile 000-000-0000, hotline +1 800 123 9876",
        "card 4242 4242 4242 4242, 4111 1111 1111 1111, 5555 5555 5555 4444, 3782 822463 10005",
        "4556 7375 8689 9854 fails its checksum, order 4556737586899855 is an order",
        "iban DE89 3704 0044 0532 0130 00, GB82 WEST 1234 5698 7654 32, AT02 2050 3021 0102 3601",
        "ssn 123-45-6789, 078-05-1120, 987-65-4321, 000-12-3456, 666-12-3456",
        "ip 127.0.0.1, address 10.0.0.7, host 192.168.1.20, client 203.0.113.9, ip 8.8.8.8, ip 999.1.1.1",
        "call on 2024-01-15 10:30, in 2023-2024, version 10.2.3.4, 1.000.000 tokens, $1,200.50",
        "call the tool with 100 200 300, ids 4000-8000-1200, 16:9, 1920x1080, 3.14159265",
        "",
    ],
)
def test_nobody_s(text: str) -> None:
    assert find(text) == []


def test_one_place_is_reported_once_and_masked() -> None:
    [found] = run_rule(RULE, CALL.format(prompt="Answer petra.kovac@gmx.at politely."))
    assert "`petr...at`" in found.message
    assert found.span.line == 3
    assert found.span.end_column - found.span.column == len("petra.kovac@gmx.at")
    for text in (found.message, found.hint, found.context):
        assert "kovac" not in text


def test_the_line_within_a_long_text_is_found() -> None:
    code = CALL.replace("{prompt!r}", '"""You are kind.\n\nSign as petra.kovac@gmx.at.\n"""')
    [found] = run_rule(RULE, code)
    assert (found.span.line, found.span.column) == (5, 9)


def test_text_that_reaches_no_call_is_nobody_s_business() -> None:
    assert run_rule(RULE, 'MAINTAINER = "petra.kovac@gmx.at"\nimport openai\n') == []


def test_tests_are_left_out() -> None:
    assert run_rule(RULE, CALL.format(prompt="Answer petra.kovac@gmx.at."), "tests/test_app.py") == []


def test_presidio_waits_for_a_candidate() -> None:
    code = (
        "import sys; from prodworthy_rules.privacy._personal_text import find; "
        "find('Answer jane@example.com in 2024-01-15, 10.0.0.7.'); print('presidio_analyzer' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_no_name_is_looked_up_in_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len(find("From: m.okafor@posteo.de")) == 1
