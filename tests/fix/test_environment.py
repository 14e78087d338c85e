"""A literal key becomes a read of the environment, and `os` is imported once, where it belongs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fake_keys import fake_key
from prodworthy.config import Overrides
from prodworthy.errors import SourceError
from prodworthy.fix.environment import reading_environment
from prodworthy.fix.run import fix_all
from prodworthy.fix.text import Text
from prodworthy.pipeline import Request
from prodworthy.source.python import Source, parse_source

KEY = "a-very-secret-key"
READ = 'os.environ["API_KEY"]'


def missing(path: str) -> Source:
    """Another file, of which there is none."""
    raise SourceError(path, "is not there")


def read(code: str) -> str | None:
    """``code`` with the literal KEY read from API_KEY; None where nothing is offered."""
    source = parse_source("app.py", code)
    literal = next(n for n in ast.walk(source.tree) if isinstance(n, ast.Constant) and n.value == KEY)
    text = Text("app.py", code)
    edits = reading_environment(source, text, source.span(literal), "API_KEY", missing)
    return text.apply(edits) if edits else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("k = 'KEY'\n", f"import os\n\nk = {READ}\n"),
        ('"""Doc."""\n\n# about k\nk = "KEY"\n', f'"""Doc."""\n\nimport os\n\n# about k\nk = {READ}\n'),
        ("# licence\n\n# about k\nk = 'KEY'\n", f"# licence\n\nimport os\n\n# about k\nk = {READ}\n"),
        ("def f(k='KEY'):\n    ...\n", f"import os\n\n\ndef f(k={READ}):\n    ...\n"),
        ("import os\nk = 'KEY'\n", f"import os\nk = {READ}\n"),
        ("import os.path\nk = 'KEY'\n", f"import os.path\nk = {READ}\n"),
        ("import json\nimport re\nk = 'KEY'\n", f"import json\nimport os\nimport re\nk = {READ}\n"),
        ("import json\nk = 'KEY'\n", f"import json\nimport os\nk = {READ}\n"),
        (
            "from __future__ import annotations\n\nfrom json import dumps\nk = 'KEY'\n",
            f"from __future__ import annotations\n\nimport os\nfrom json import dumps\nk = {READ}\n",
        ),
        (
            "from openai import OpenAI\nc = OpenAI(api_key='KEY')\n",
            f"import os\n\nfrom openai import OpenAI\nc = OpenAI(api_key={READ})\n",
        ),
        ("import os\nk = os.getenv('OTHER', 'KEY')\n", 'import os\nk = os.environ["OTHER"]\n'),
        ("import json\r\nk = 'KEY'\r\n", f"import json\r\nimport os\r\nk = {READ}\r\n"),
        (
            "class S(BaseSettings):\n    k: str = 'KEY'  # mine\n",
            "class S(BaseSettings):\n    k: str  # mine\n",
        ),
        ("x = {'a': SecretStr('KEY')}\n", f"import os\n\nx = {{'a': SecretStr({READ})}}\n"),
    ],
)
def test_the_literal_is_replaced(before: str, after: str) -> None:
    assert read(before.replace("KEY'", f"{KEY}'").replace('KEY"', f'{KEY}"')) == after


@pytest.mark.parametrize(
    "code",
    [
        "os.environ['API_KEY'] = 'KEY'\n",
        "os.environ.setdefault('API_KEY', 'KEY')\n",
        "import openai as os\nk = 'KEY'\n",
        "def f(os):\n    return 'KEY'\n",
        "if token == 'KEY': ...\n",
        "f'{x}KEY'\n",
        "d = {'KEY': 1}\n",
    ],
)
def test_it_is_left_alone_where_a_read_makes_no_sense(code: str) -> None:
    assert read(code.replace("KEY'", f"{KEY}'")) is None


SETTINGS = """\
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    openai_api_key: str
    groq_api_key: SecretStr


settings = Settings()
"""


@pytest.mark.parametrize(
    ("name", "head", "after"),
    [
        ("OPENAI_API_KEY", "from app.core.config import settings\n", "settings.openai_api_key"),
        ("GROQ_API_KEY", "from .core.config import settings as s\n", "s.groq_api_key.get_secret_value()"),
        ("OPENAI_API_KEY", SETTINGS, "settings.openai_api_key"),
    ],
)
def test_a_field_of_settings_at_hand_is_read(tmp_path: Path, name: str, head: str, after: str) -> None:
    code = f"{head}\n{name} = '{fake_key('groq')}'\n"
    (tmp_path / "app" / "core").mkdir(parents=True)
    (tmp_path / "app" / "core" / "config.py").write_text(SETTINGS)
    (tmp_path / "app" / "main.py").write_text(code)
    (change,) = fix_all(Request([tmp_path], tmp_path, Overrides(select=("PW101",))), unsafe=True).changes
    assert change.after == f"{head}\n{name} = {after}\n"


def test_settings_without_that_field_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f"{SETTINGS}\nHF_TOKEN = '{fake_key('huggingface')}'\n")
    (change,) = fix_all(Request([tmp_path], tmp_path, Overrides(select=("PW101",))), unsafe=True).changes
    assert change.after == f'import os\n\n{SETTINGS}\nHF_TOKEN = os.environ["HF_TOKEN"]\n'
