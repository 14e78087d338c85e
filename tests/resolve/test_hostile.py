"""Input made to break a resolver: it answers, and the calls beside it are still found."""

from __future__ import annotations

from pathlib import Path

from resolve.project import calls

CALL = "OpenAI().chat.completions.create(model='m', messages=[])\n"


def test_circular_imports(tmp_path: Path) -> None:
    found = calls(
        tmp_path,
        a="from b import client\nfrom openai import OpenAI\nclient.chat.completions.create(model='m', messages=[])\n"
        + CALL,
        b="from a import client\n",
    )
    assert [c.span.line for c in found] == [3, 4] or [c.span.line for c in found] == [4]


def test_classes_that_extend_each_other(tmp_path: Path) -> None:
    text = "from openai import OpenAI\nclass A(B):\n    pass\nclass B(A):\n    pass\nA().x.create()\n" + CALL
    assert [c.span.line for c in calls(tmp_path, app=text)] == [7]


def test_a_function_that_returns_itself(tmp_path: Path) -> None:
    text = "from openai import OpenAI\ndef f(n):\n    return f(n - 1) if n else f\nf(3)(2).create()\n" + CALL
    assert [c.span.line for c in calls(tmp_path, app=text)] == [5]


def test_a_long_chain_of_functions(tmp_path: Path) -> None:
    steps = "\n".join(f"def f{n}(x):\n    return f{n + 1}(x)" for n in range(300))
    text = f"from openai import OpenAI\n{steps}\ndef f300(x):\n    return x\n{CALL}"
    assert len(calls(tmp_path, app=text + "f0(OpenAI()).chat.completions.create(model='m')")) == 1


def test_names_that_hang_on_each_other(tmp_path: Path) -> None:
    body = "\n".join(
        f"x{n} = x{(n * 7 + 1) % 40} or x{(n * 3 + 2) % 40} or x{(n * 5 + 3) % 40}" for n in range(40)
    )
    text = f"from openai import OpenAI\ndef f():\n    global {', '.join(f'x{n}' for n in range(40))}\n"
    text += "".join(f"    {line}\n" for line in body.splitlines()) + "x3.create()\n" + CALL
    assert len(calls(tmp_path, app=text)) == 1


def test_very_long_lists_and_dicts(tmp_path: Path) -> None:
    items = ", ".join(f"{{'role': 'user', 'content': 'line {n}'}}" for n in range(10_000))
    keys = ", ".join(f"'k{n}': {n}" for n in range(10_000))
    text = f"from openai import OpenAI\nmessages = [{items}]\nextra = {{{keys}}}\n"
    text += "OpenAI().chat.completions.create(model='m', messages=messages, extra_body=extra)\n"
    found = calls(tmp_path, app=text)
    assert len(found) == 1
    assert len(found[0].origins()) > 0


def test_deep_expressions(tmp_path: Path) -> None:
    text = "from openai import OpenAI\nx = " + " + ".join(["'a'"] * 700) + "\n" + CALL
    assert [c.span.line for c in calls(tmp_path, app=text)] == [3]
