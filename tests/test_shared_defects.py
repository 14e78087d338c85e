"""One defect is one finding, and tests are no production."""

from __future__ import annotations

from prodworthy import check_source

TWO_CALLS = """
from openai import OpenAI

client = OpenAI(max_retries=0)


def first() -> str:
    return client.responses.create(model="m", input="a", max_output_tokens=9).output_text


def second() -> str:
    return client.responses.create(model="m", input="b", max_output_tokens=9).output_text
"""


def test_calls_of_one_client_share_its_defect() -> None:
    (finding,) = check_source(TWO_CALLS, "app.py")
    assert finding.code == "PW202"
    assert finding.line == 8
    assert finding.message.endswith("(as for 1 more call in this file)")


def test_calls_of_two_clients_do_not() -> None:
    other = TWO_CALLS.replace("def second", "client = OpenAI(max_retries=0)\n\n\ndef second")
    found = check_source("\n".join(f"{line}" for line in other.splitlines()), "app.py")
    assert {f.code for f in found} == {"PW202"}


def test_calls_in_tests_are_left_alone() -> None:
    assert check_source(TWO_CALLS, "tests/test_app.py") == ()


def test_removed_calls_are_reported_outside_tests_which_fail_by_themselves() -> None:
    text = "import openai\n\nopenai.ChatCompletion.create(model='m', messages=[], max_tokens=5)\n"
    assert [f.code for f in check_source(text, "app.py")] == ["PW807"]
    assert check_source(text, "tests/test_app.py") == ()
