from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis

from prodworthy_redact import BudgetExceeded, CountersError, PolicyError
from prodworthy_redact.usage import (
    Asked,
    Budget,
    Meter,
    Record,
    Threshold,
    asked,
    digest_of_key,
    key_in,
    tag_in,
    tagged,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
DAY = 86_400
ANSWER = {"usage": {"prompt_tokens": 300, "completion_tokens": 100}}


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "memory":
        yield "memory"
        return
    url = request.getfixturevalue("redis_url")
    yield url
    client = redis.Redis.from_url(url)
    client.flushall()
    client.close()


def ask(tokens_in: int = 400, tokens_out: int | None = 100, **more: str) -> Asked:
    return Asked("gpt-4o", tokens_in, tokens_out, key=more.get("key", ""), tag=more.get("tag", ""))


def test_a_request_beyond_the_budget_is_refused(store: str) -> None:
    meter = Meter(Budget(store=store, limits=[{"name": "team", "tokens": 1000}]), clock=lambda: NOON)
    ticket = meter.admit(ask())
    with pytest.raises(BudgetExceeded) as raised:
        meter.admit(ask(600))
    assert str(raised.value) == (
        "budget `team` (1000 tokens a day) has no room for up to 700 tokens; nothing was sent; it starts again "
        "at 2026-11-25 00:00 UTC"
    )
    assert (raised.value.budget, raised.value.resets) == ("team", datetime(2026, 11, 25, tzinfo=UTC))
    ticket.read(ANSWER)
    ticket.settle()
    assert meter.counters.taken("team:2026-11-24:") == (400, 400)
    meter.admit(ask(500)).release()
    assert meter.counters.taken("team:2026-11-24:") == (400, 400)


def test_a_new_day_and_a_new_month(store: str) -> None:
    now = [NOON]
    limits = [{"name": "d", "tokens": 500}, {"name": "m", "per": "month", "tokens": 900}]
    meter = Meter(Budget(store=store, limits=limits), clock=lambda: now[0])
    meter.admit(ask()).settle()
    now[0] += DAY
    with pytest.raises(BudgetExceeded, match="budget `m`") as raised:
        meter.admit(ask())
    assert raised.value.resets == datetime(2026, 12, 1, tzinfo=UTC)
    assert meter.counters.taken("d:2026-11-25:") == (0, 0), "a refused request takes nothing of the others"
    now[0] += 7 * DAY
    meter.admit(ask())


def test_an_answer_that_tells_nothing_counts_as_the_most_it_could_be(store: str) -> None:
    meter = Meter(Budget(store=store, limits=[{"name": "t", "tokens": 10_000}]), clock=lambda: NOON)
    meter.admit(ask()).settle()
    meter.admit(ask(tokens_out=None)).settle()
    assert meter.counters.taken("t:2026-11-24:") == (9_092, 9_092)


def test_each_key_and_tag_by_itself(store: str) -> None:
    limits = [{"name": "k", "tokens": 500, "by": "key"}, {"name": "t", "tokens": 600, "tags": ["free*"]}]
    meter = Meter(Budget(store=store, limits=limits), clock=lambda: NOON)
    meter.admit(ask(key="a"))
    meter.admit(ask(key="b"))
    with pytest.raises(BudgetExceeded, match="budget `k` of key `a`"):
        meter.admit(ask(key="a"))
    meter.admit(ask(key="c", tag="free-tier"))
    with pytest.raises(BudgetExceeded, match="budget `t`"):
        meter.admit(ask(key="d", tag="free-tier"))


def test_a_budget_in_dollars(store: str) -> None:
    limits = [{"name": "usd", "cost": 0.005, "per": "month"}]
    meter = Meter(Budget(store=store, limits=limits), clock=lambda: NOON)
    ticket = meter.admit(Asked("gpt-4o", 400, 100))  # 0.001 + 0.001
    with pytest.raises(BudgetExceeded, match=r"0.005 USD a month\) has no room for up to 0.0110 USD"):
        meter.admit(Asked("gpt-4o", 400, 1000))
    ticket.read(ANSWER)
    ticket.settle()
    assert meter.counters.taken("usd:2026-11:") == (1_750_000, 1_750_000)
    with pytest.raises(BudgetExceeded, match="no price for the model `my-llama`"):
        meter.admit(Asked("my-llama", 1, 1))
    Meter(Budget(store=store, limits=limits, unpriced="allow")).admit(Asked("my-llama", 1, 1))


def test_a_threshold_is_told_once(store: str) -> None:
    told: list[Threshold] = []
    limits = [{"name": "soft", "tokens": 1000, "thresholds": [0.5, 0.8], "hard": False}]
    meters = [
        Meter(Budget(store=store, limits=limits), on_threshold=told.append, clock=lambda: NOON) for _ in "ab"
    ]
    if store == "memory":
        meters = [meters[0], meters[0]]
    for meter in meters * 3:
        ticket = meter.admit(ask())
        ticket.read(ANSWER)
        ticket.settle()
        ticket.settle()
    assert [(t.share, t.used, t.limit, t.unit) for t in told] == [
        (0.5, 800, 1000, "tokens"),
        (0.8, 800, 1000, "tokens"),
    ]
    assert meters[0].counters.taken("soft:2026-11-24:") == (2400, 2400), "a soft budget refuses nothing"


def test_threads_cannot_go_beyond_it_together(store: str) -> None:
    meter = Meter(Budget(store=store, limits=[{"name": "t", "tokens": 5_000}]), clock=lambda: NOON)

    def one(_: int) -> bool:
        try:
            ticket = meter.admit(ask(60, 40))
        except BudgetExceeded:
            return False
        ticket.settle()
        return True

    with ThreadPoolExecutor(16) as pool:
        admitted = sum(pool.map(one, range(200)))
    assert admitted == 50
    assert meter.counters.taken("t:2026-11-24:") == (5_000, 5_000)


WORKER = """
import sys
from prodworthy_redact import BudgetExceeded
from prodworthy_redact.usage import Asked, Budget, Meter
meter = Meter(Budget(store=sys.argv[1], limits=[{"name": "p", "per": "month", "tokens": 10_000}]))
done = 0
for _ in range(80):
    try:
        ticket = meter.admit(Asked("gpt-4o", 100, 100))
    except BudgetExceeded:
        continue
    ticket.read({"usage": {"prompt_tokens": 60, "completion_tokens": 40}})
    ticket.settle()
    done += 1
print(done)
"""


def test_processes_cannot_go_beyond_it_together(redis_url: str) -> None:
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, redis_url], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    done = sum(int(worker.communicate(timeout=60)[0]) for worker in workers)
    client = redis.Redis.from_url(redis_url)
    (key,) = client.keys("prodworthy:{usage}:p:*")
    counts = client.hgetall(key)
    assert done * 100 == int(counts[b"used"]) == int(counts[b"taken"]) <= 10_000
    assert done >= 98, "what was reserved too much is given back"
    assert client.pttl(key) > 0
    client.flushall()
    client.close()


def test_usage_by_model_key_and_tag(store: str) -> None:
    records: list[Record] = []
    meter = Meter(Budget(store=store), on_usage=records.append, clock=lambda: NOON)
    key = digest_of_key("sk-not-a-real-key")
    for tag in ("a", "a", "b"):
        ticket = meter.admit(ask(key=key, tag=tag))
        ticket.read(ANSWER)
        ticket.settle()
    assert meter.totals("day") == meter.totals("month")
    assert [(r.model, r.key, r.tag, r.answers, r.input, r.output) for r in meter.totals()] == [
        ("gpt-4o", key, "a", 2, 600, 200),
        ("gpt-4o", key, "b", 1, 300, 100),
    ]
    assert meter.totals()[1].cost == records[0].cost == 0.00175


def test_nothing_of_the_key_is_kept(redis_url: str, redis_dump: Path) -> None:
    meter = Meter(Budget(store=redis_url, limits=[{"name": "k", "tokens": 10**6, "by": "key"}]))
    meter.admit(ask(key=key_in({"authorization": "Bearer sk-not-a-real-key"}))).settle()
    client = redis.Redis.from_url(redis_url)
    client.config_set("rdbcompression", "no")
    client.save()
    client.close()
    data = redis_dump.read_bytes()
    assert digest_of_key("sk-not-a-real-key").encode() in data
    assert b"sk-not" not in data


def test_counters_that_do_not_answer_refuse_and_lose_no_answer(redis_url: str) -> None:
    dead = Meter(Budget(store="redis://127.0.0.1:1/0", limits=[{"name": "t", "tokens": 10}]))
    with pytest.raises(CountersError, match="does not answer"):
        dead.admit(ask())
    meter = Meter(Budget(store=redis_url, limits=[{"name": "t", "tokens": 10_000}]))
    ticket = meter.admit(ask())
    meter.counters = dead.counters
    ticket.read(ANSWER)
    ticket.settle()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"limit": []}, "unknown key `limit`; did you mean `limits`?"),
        ({"limits": [{"name": "x", "token": 4}]}, "unknown key `limits.0.token`; did you mean `tokens`?"),
        ({"limits": [{"name": "x"}]}, "give either `tokens` or `cost`"),
        ({"limits": [{"name": "x", "tokens": 1}] * 2}, "two have the name `x`"),
        ({"limits": [{"name": "x", "tokens": 1, "per": "week"}]}, "`limits.0.per`"),
        (
            {"prices": {"m": {"inputs": 3, "input": 3}}},
            "unknown key `prices.m.inputs`; did you mean `input`?",
        ),
        ({"limits": [{"name": "x", "tokens": 1, "thresholds": [80]}]}, "`limits.0.thresholds.0`"),
    ],
)
def test_mistakes_name_the_key(values: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Budget(**values)
    assert message in str(raised.value)


def test_it_is_read_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.prodworthy.budget]\noutput-reserve = 5\nlimits = [{ name = "a", cost = 2 }]\n')
    assert Budget.load(tmp_path) == Budget(output_reserve=5, limits=[{"name": "a", "cost": 2}])
    file.write_text('[tool.prodworthy.budget]\nstor = "x"\n')
    with pytest.raises(
        PolicyError, match=r"pyproject.toml: unknown key `budget.stor`; did you mean `store`\?"
    ):
        Budget.load(tmp_path)


@pytest.mark.parametrize(
    ("path", "body", "model", "output", "times", "references"),
    [
        ("/v1/chat/completions", {"model": "m", "max_tokens": 5, "n": 3}, "m", 5, 3, 0),
        ("/v1/responses", {"model": "m", "max_output_tokens": 7}, "m", 7, 1, 0),
        ("/v1/embeddings", {"model": "m", "input": "x"}, "m", 0, 1, 0),
        (
            "/v1beta/models/gemini-2.5-pro:generateContent",
            {"generationConfig": {"maxOutputTokens": 9, "candidateCount": 2}},
            "gemini-2.5-pro",
            9,
            2,
            0,
        ),
        (
            "/model/us.anthropic.claude-opus-4-5-20251101-v1%3A0/converse",
            {"inferenceConfig": {"maxTokens": 6}},
            "us.anthropic.claude-opus-4-5-20251101-v1:0",
            6,
            1,
            0,
        ),
        (
            "/v1/chat/completions",
            {
                "model": "m",
                "messages": [
                    {"content": [{"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}]},
                    {"content": [{"type": "file", "file": {"file_id": "f"}}]},
                ],
            },
            "m",
            None,
            1,
            2,
        ),
    ],
)
def test_what_a_request_asks_for(
    path: str, body: dict[str, object], model: str, output: int | None, times: int, references: int
) -> None:
    what = asked(path, body, 100)
    assert (what.model, what.output, what.times, what.references) == (model, output, times, references)
    assert what.input >= 100


def test_counting_tokens_costs_nothing() -> None:
    assert asked("/v1/messages/count_tokens", {"model": "m"}, 100) == Asked("m", 0, 0)


def test_tags() -> None:
    assert tag_in({}) == ""
    with tagged("support"):
        assert tag_in({}) == "support"
        assert tag_in({"x-prodworthy-tag": "sales"}) == "sales"
        assert tag_in({"x-prodworthy-tag": "a b\n"}) == ""
    with pytest.raises(ValueError, match="a tag is"), tagged("no tag"):
        pass
