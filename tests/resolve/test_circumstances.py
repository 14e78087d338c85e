"""What stands around a call: retries in detail, whether it is awaited, what limits it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworthy.circumstances import RetryLayer
from resolve.project import calls, only

HEAD = "import time\nfrom openai import OpenAI, RateLimitError, BadRequestError\nclient = OpenAI()\n"
SEND = "client.responses.create(model='m', input='x', max_output_tokens=5)"
FUNCTION = f"def ask():\n    return {SEND}\n"

POLICIES = {
    "tenacity, bare": ("from tenacity import retry\n@retry\n", None, False, "none"),
    "tenacity, attempts": (
        "from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(4))\n",
        4,
        True,
        "none",
    ),
    "tenacity, time": (
        "from tenacity import *\nimport tenacity\n@tenacity.retry(stop=tenacity.stop_after_delay(60))\n",
        None,
        True,
        "none",
    ),
    "tenacity, growing": (
        "import tenacity as t\n@t.retry(stop=t.stop_after_attempt(2), wait=t.wait_exponential())\n",
        2,
        True,
        "growing",
    ),
    "tenacity, fixed": (
        "import tenacity as t\n@t.retry(stop=t.stop_after_attempt(2), wait=t.wait_fixed(3))\n",
        2,
        True,
        "fixed",
    ),
    "tenacity, combined": (
        "import tenacity as t\n@t.retry(stop=t.stop_after_attempt(2) | t.stop_after_delay(9))\n",
        None,
        None,
        "none",
    ),
    "backoff": (
        "import backoff\n@backoff.on_exception(backoff.expo, RateLimitError)\n",
        None,
        False,
        "growing",
    ),
    "backoff, limited": (
        "import backoff\n@backoff.on_exception(backoff.constant, RateLimitError, max_tries=3, interval=1)\n",
        3,
        True,
        "fixed",
    ),
    "stamina": ("import stamina\n@stamina.retry(on=RateLimitError)\n", 10, True, "growing"),
    "retry": (
        "from retry import retry\n@retry(RateLimitError, tries=3, delay=2, backoff=2)\n",
        3,
        True,
        "growing",
    ),
    "retry, endless": ("from retry import retry\n@retry(delay=2)\n", None, False, "fixed"),
    "settings nobody knows": (
        "import tenacity, conf\n@tenacity.retry(**conf.RETRY)\n",
        None,
        None,
        "unknown",
    ),
}


@pytest.mark.parametrize(("decorator", "attempts", "bounded", "wait"), POLICIES.values(), ids=POLICIES)
def test_policies_of_libraries(
    tmp_path: Path, decorator: str, attempts: int | None, bounded: bool | None, wait: str
) -> None:
    layer = only_layer(tmp_path, HEAD + decorator + FUNCTION)
    assert (layer.kind, layer.attempts, layer.bounded, layer.wait) == ("decorator", attempts, bounded, wait)


LOOPS = {
    "counted": ("for _ in range(3):", "except Exception:\n            time.sleep(1)", 3, True, "fixed"),
    "growing": ("for i in range(3):", "except Exception:\n            time.sleep(2**i)", 3, True, "growing"),
    "endless": ("while True:", "except RateLimitError:\n            time.sleep(60)", None, False, "fixed"),
    "left on a condition": (
        "while True:",
        "except Exception:\n            if time.time() > 9: raise",
        None,
        None,
        "none",
    ),
    "helper that may wait": (
        "while True:",
        "except Exception:\n            wait_a_bit()",
        None,
        False,
        "unknown",
    ),
}


@pytest.mark.parametrize(("head", "handler", "attempts", "bounded", "wait"), LOOPS.values(), ids=LOOPS)
def test_loops(
    tmp_path: Path, head: str, handler: str, attempts: int | None, bounded: bool | None, wait: str
) -> None:
    text = f"{HEAD}def ask():\n    {head}\n        try:\n            return {SEND}\n        {handler}\n"
    layer = only_layer(tmp_path, text)
    assert (layer.kind, layer.attempts, layer.bounded, layer.wait) == ("loop", attempts, bounded, wait)


NO_RETRIES = {
    "other errors": "for _ in range(3):\n        try:\n            return SEND\n        except KeyError:\n            pass",
    "another model each time": (
        "for model in models:\n        try:\n            return client.responses.create(model=model, input='x')\n"
        "        except Exception:\n            pass"
    ),
    "the other store": (
        "try:\n        return SEND\n    except Exception:\n        return models.secondary.ask(models)"
    ),
    "work that shrinks": (
        "while todo:\n        item = todo.pop()\n        try:\n            done = SEND\n"
        "        except Exception:\n            todo = todo[1:]"
    ),
    "results that add up": (
        "n = 0\n    while n < 9:\n        try:\n            SEND\n            n += 1\n"
        "        except Exception:\n            pass"
    ),
}


@pytest.mark.parametrize("body", NO_RETRIES.values(), ids=NO_RETRIES)
def test_what_is_no_retry(tmp_path: Path, body: str) -> None:
    text = HEAD + "def ask(models, todo):\n    " + body.replace("SEND", SEND) + "\n"
    assert only(tmp_path, app=text).around.retries == ()


def test_a_decorator_of_the_project_retries_as_its_loop_does(tmp_path: Path) -> None:
    tools = """
        import time
        def persistent(f):
            def inner(*args):
                for i in range(4):
                    try:
                        return f(*args)
                    except Exception:
                        time.sleep(i)
            return inner
    """
    found = calls(tmp_path, tools=tools, app=HEAD + "from tools import persistent\n@persistent\n" + FUNCTION)
    (layer,) = found[0].around.retries
    assert (layer.kind, layer.attempts, layer.wait, layer.span.path) == ("decorator", 4, "growing", "app.py")


def test_layers_come_from_callers_too(tmp_path: Path) -> None:
    more = "\nimport tenacity\n@tenacity.retry\ndef outer():\n    return ask()\n"
    assert only_layer(tmp_path, HEAD + FUNCTION + more).bounded is False


def test_retries_around_two_callers_are_not_stacked(tmp_path: Path) -> None:
    more = "\nimport tenacity\n@tenacity.retry\ndef one():\n    return ask()\n@tenacity.retry\ndef two():\n    return ask()\n"
    layers = only(tmp_path, app=HEAD + FUNCTION + more).around.retries
    assert [layer.inside for layer in layers] == [(), ()]
    more = "\nimport tenacity\n@tenacity.retry\ndef one():\n    for _ in range(2):\n        try:\n            return ask()\n        except Exception:\n            pass\n"
    inner, outer = only(tmp_path, app=HEAD + FUNCTION + more).around.retries
    assert [layer.span for layer in outer.inside] == [inner.span]


AWAITED = {
    "sync": ("from openai import OpenAI\nc = OpenAI()\nc.embeddings.create(input='x', model='m')\n", False),
    "async": (
        "from openai import AsyncOpenAI\nc = AsyncOpenAI()\ntask = c.embeddings.create(input='x', model='m')\n",
        True,
    ),
    "nobody knows": ("def f(c):\n    return c.chat.completions.create(model='m', messages=[])\n", None),
    "awaited": (
        "async def f(c):\n    return await c.chat.completions.create(model='m', messages=[])\n",
        True,
    ),
}


@pytest.mark.parametrize(("text", "expected"), AWAITED.values(), ids=AWAITED)
def test_asynchronous(tmp_path: Path, text: str, expected: bool | None) -> None:
    assert only(tmp_path, app=text).asynchronous is expected


def test_what_is_handed_to_a_thread_blocks_nobody(tmp_path: Path) -> None:
    text = f"import asyncio\n{HEAD}async def ask():\n    return await asyncio.to_thread(lambda: {SEND})\n"
    assert only(tmp_path, app=text).around.blocked is None
    text = f"{HEAD}async def ask():\n    return {SEND}\n"
    assert only(tmp_path, app=text).around.blocked is not None


def only_layer(root: Path, text: str) -> RetryLayer:
    (layer,) = only(root, app=text).around.retries
    return layer
