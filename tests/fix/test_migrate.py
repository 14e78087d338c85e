"""Files of `openai` before 1.0 move to the current API as a whole, or stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworthy.config import Overrides
from prodworthy.fix.run import fix_all
from prodworthy.pipeline import Request

CALL = 'openai.ChatCompletion.create(model="m", messages=[])'
NEW = 'openai.chat.completions.create(model="m", messages=[])'


def moved(tmp_path: Path, code: str) -> str:
    """What becomes of ``code``, which imports openai."""
    code = "import openai\n\n\n" + code
    (tmp_path / "app.py").write_text(code, encoding="utf-8")
    fixed = fix_all(Request([tmp_path], tmp_path, Overrides(select=("PW807",))), unsafe=True)
    return (fixed.changes[0].after if fixed.changes else code).removeprefix("import openai\n\n\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"print({CALL}['choices'][0]['message']['content'])\n",
            f"print({NEW}.choices[0].message.content)\n",
        ),
        (
            f"def f():\n    r = {CALL}\n    return r['choices'][0].message['content'].strip(), r.usage\n"
            "\n\ndef g(r):\n    return r['choices']\n",
            None,
        ),
        (
            f"def f():\n    r = {CALL}\n    m = r['choices'][0]\n    return m.message['content'].strip()\n"
            "\n\ndef g(r):\n    return r['choices']\n",
            f"def f():\n    r = {NEW}\n    m = r.choices[0]\n    return m.message.content.strip()\n"
            "\n\ndef g(r):\n    return r['choices']\n",
        ),
        (
            "def f():\n    for c in openai.ChatCompletion.create(model='m', messages=[], stream=True):\n"
            "        yield c['choices'][0]['delta'].get('content', '')\n",
            "def f():\n    for c in openai.chat.completions.create(model='m', messages=[], stream=True):\n"
            "        yield c.choices[0].delta.content or ''\n",
        ),
        (
            "t = len(openai.Completion.create(engine='m', prompt='p')['choices'][0]['text'] + 'x')\n",
            "t = len(openai.completions.create(model='m', prompt='p').choices[0].text + 'x')\n",
        ),
        (
            "print('a' + openai.ChatCompletion.create(model='m', messages=[]).choices[0].message.get('content', 'é'))\n",
            "print('a' + (openai.chat.completions.create(model='m', messages=[]).choices[0].message.content or 'é'))\n",
        ),
        (
            "es = [d['embedding'] for d in openai.Embedding.create(input=['a'], engine='m')['data']]\n",
            "es = [d.embedding for d in openai.embeddings.create(input=['a'], model='m').data]\n",
        ),
        (
            "print(openai.Audio.transcribe('whisper-1', open('a', 'rb'))['text'])\n",
            "print(openai.audio.transcriptions.create(model='whisper-1', file=open('a', 'rb')).text)\n",
        ),
        (
            f"from openai.error import RateLimitError\n\ntry:\n    {CALL}\n"
            "except (RateLimitError, openai.error.InvalidRequestError):\n    raise\n",
            f"from openai import RateLimitError\n\ntry:\n    {NEW}\n"
            "except (RateLimitError, openai.BadRequestError):\n    raise\n",
        ),
        (
            f"openai.api_key = 'k'\nopenai.api_base = 'http://x.y/v1'\n{CALL}\n",
            f"openai.api_key = 'k'\nopenai.base_url = 'http://x.y/v1/'\n{NEW}\n",
        ),
    ],
)
def test_calls_errors_and_answers_move(tmp_path: Path, before: str, after: str | None) -> None:
    assert moved(tmp_path, before) == (before if after is None else after)


@pytest.mark.parametrize(
    "code",
    [
        f"def f():\n    return {CALL}\n",
        f"def f():\n    r = {CALL}\n    print(r)\n    return r['choices'][0]['text']\n",
        f"def f(n):\n    r = {CALL}\n    r = r['choices']\n    return r[0]['text']\n",
        f"def f(key):\n    r = {CALL}\n    r['choices'][0]['text'] = 3\n",
        f"def f(key):\n    r = {CALL}\n    return r[key.lower()]\n",
        "def f(options):\n    print(openai.ChatCompletion.create(**options).id)\n",
        "print(openai.ChatCompletion.create(deployment_id='m', messages=[]).id)\n",
        f"openai.api_type = 'azure'\nprint({CALL}.id)\n",
        f"openai.api_base = address\nprint({CALL}.id)\n",
        f"print({CALL}.id)\nprint(openai.Model.list())\n",
        f"print({CALL}.id)\nhand_over(openai)\n",
        f"try:\n    print({CALL}.id)\nexcept openai.error.TryAgain:\n    pass\n",
        f"try:\n    print({CALL}.id)\nexcept openai.error.APIError as e:\n    print(e.http_status)\n",
        "async def f():\n    print((await openai.ChatCompletion.acreate(model='m', messages=[])).id)\n",
        f"print(({CALL})['id'])\n",
    ],
)
def test_what_is_not_clear_is_left_to_a_person(tmp_path: Path, code: str) -> None:
    assert moved(tmp_path, code) == code
