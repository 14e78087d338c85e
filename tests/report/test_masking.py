"""What may be shown of a line that holds a secret or a personal value."""

from __future__ import annotations

import pytest

from fake_keys import fake_key
from prodworthy.finding import Span
from prodworthy.report.masking import shown_lines
from prodworthy.source.python import parse_source

KEY = fake_key("openai")


def shown(text: str, code: str) -> str:
    lines = shown_lines(parse_source("a.py", text), code, 1, 99)
    assert [len(line) for line in lines.values()] == [len(line) for line in text.split("\n")]
    return "\n".join(lines.values())


@pytest.mark.parametrize("code", ["PW101", "PW102", "PW301", "PW501", "PW001"])
@pytest.mark.parametrize(
    "form",
    [
        'client = OpenAI(api_key="{}")\n',
        'headers = {{"Authorization": "Bearer {}"}}\n',
        "x = 1  # the old key was {}\n",
        "os.environ[\"OPENAI_API_KEY\"] = '{}'\n",
        'x = f"{{a}} {} {{b}}"\n',
        'x = """\n{}\n"""\n',
        'x = b"{}"\n',
    ],
)
def test_a_key_never_appears_whole(form: str, code: str) -> None:
    text = shown(form.format(KEY), code)
    assert KEY not in text
    assert not any(KEY[at : at + 9] in text for at in range(len(KEY) - 9))


def test_enough_stays_to_know_it() -> None:
    assert (
        shown(f'client = OpenAI(api_key="{KEY}")', "PW101")
        == f'client = OpenAI(api_key="{KEY[:4]}{"*" * (len(KEY) - 4)}")'
    )


@pytest.mark.parametrize("name", ["password", "DB_PASSWORD", "client_secret", "auth_token", "api_key"])
def test_what_a_name_calls_a_secret_is_one_in_any_shape(name: str) -> None:
    assert "correct-horse-battery" not in shown(f'{name} = "correct-horse-battery"\n', "PW301")


def test_personal_text_is_hidden_and_its_frame_stays() -> None:
    text = 'ask({"role": "user", "content": f"Write to {name} at anna@example.com"})\n'
    assert shown(text, "PW501") == (
        'ask({"role": "user", "content": f"***** ** {name} ** ****************"})\n'
    )


def test_a_literal_that_began_above_is_masked_like_the_rest_of_it() -> None:
    source = parse_source("a.py", 'x = (\n    f"to {a} "\n    f"at {b["k"]}: {{anna}} "\n    "and {c}"\n)\n')
    assert shown_lines(source, "PW501", 3, 4) == {
        3: '    f"** {b["k"]}* ******** "',
        4: '    "*** ***"',
    }


@pytest.mark.parametrize(
    "text",
    [
        'client.create(model="claude-3-5-sonnet-20241022", messages=[{"role": "user", "content": "Hi all"}])',
        'api_key = os.environ["OPENAI_API_KEY"]',
        'token_count = "many"',
        "max_tokens = 1000",
        'task = "risk-assessment-of-the-project"',
    ],
)
def test_other_rules_show_the_line_as_it_is(text: str) -> None:
    assert shown(text, "PW301") == text


def test_docstrings_stay_readable() -> None:
    text = 'def f():\n    """Read the settings of the application."""\n'
    assert shown(text, "PW101") == text


def test_beside_a_finding_about_secrets_other_literals_stay_readable() -> None:
    text = f'prefix = "SUPPORT_BOT_"\nkey = "correct-horse"\nother = "{KEY}"\nazure = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"\n'
    lines = shown_lines(parse_source("a.py", text), "PW101", 1, 4, Span("a.py", 2, 7, 2, 22))
    assert lines[1] == 'prefix = "SUPPORT_BOT_"'
    assert lines[2] == 'key = "*************"'
    assert KEY[4:13] not in lines[3]
    assert lines[4] == 'azure = "0a1b****************************"'


def test_beside_a_finding_about_personal_data_only_its_forms_are_hidden() -> None:
    text = 'send(f"Orders so far: {customer.email}", to="anna@example.com", call="+49 30 901820")\n'
    assert shown(text, "PW502") == (
        'send(f"Orders so far: {customer.email}", to="****************", call="*************")\n'
    )
