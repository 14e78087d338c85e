"""Counts and kinds are told; values never are, wherever something is written or shown."""

from __future__ import annotations

import gc
import json
import logging
import traceback
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from redact.support import KEY, SECRET, Fake

from prodworthy_redact import BlockedError, Policy, Redactor, VaultError
from prodworthy_redact.metrics import Metrics
from prodworthy_redact.vault import FileVault

PARTS = (
    "maria",
    "gonzalez",
    'ann "',
    "nan\\",
    'nan" ',
    " lee",
    "555-0123",
    "session of",
)  # none that chance writes
TEXT = f'{SECRET}, Maria Gonzalez, Ann "Nan" Lee, 415-555-0123'


def test_the_audit_log_counts(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    session = Redactor(Policy(), finder=Fake(), key=KEY, audit=log).session("session of maria")
    session.restore(session.redact({"messages": [{"role": "user", "content": TEXT}]}))
    entries = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [entry["event"] for entry in entries] == ["redact", "restore"]
    assert entries[0]["entities"] == [
        {"kind": "EMAIL_ADDRESS", "action": "replace", "count": 1},
        {"kind": "PERSON", "action": "replace", "count": 2},
        {"kind": "PHONE_NUMBER", "action": "replace", "count": 1},
    ]
    assert entries[1]["entities"] == [{"kind": "*", "action": "restore", "count": 4}]
    assert log.stat().st_mode & 0o077 == 0


def test_metrics_count() -> None:
    reader = InMemoryMetricReader()
    metrics = Metrics(MeterProvider([reader]))
    session = Redactor(Policy(entities={"PERSON": "mask"}), finder=Fake(), key=KEY, audit=metrics).session()
    session.redact(TEXT)
    data = reader.get_metrics_data()
    assert data is not None
    points = {
        (metric.name, *sorted(point.attributes.values())): point.value  # type: ignore[union-attr]
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    }
    assert points["prodworthy.redact.events", "redact"] == 1
    assert points["prodworthy.redact.entities", "PERSON", "mask", "redact"] == 2
    assert points["prodworthy.redact.entities", "EMAIL_ADDRESS", "redact", "replace"] == 1


def test_no_value_is_shown_or_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    entries: list[object] = []
    said: list[str] = []
    for action in ("replace", "mask", "hash", "surrogate", "encrypt", "block"):
        vault = FileVault(tmp_path / action, KEY)
        redactor = Redactor(Policy(action=action), finder=Fake(), key=KEY, audit=entries.append, vault=vault)
        session = redactor.session("session of maria")
        try:
            safe = session.redact([TEXT, {"a": TEXT}])
            said.append(str(safe))
            restorer = session.stream_restorer()
            restorer.feed("<PERS")
            said += [repr(restorer), repr(session), repr(vault)]
        except BlockedError as error:
            said += traceback.format_exception(error)
        said += [repr(redactor), str(session), repr(redactor.explain(TEXT))]
    with pytest.raises(VaultError) as caught:
        Redactor(Policy(max_values=1), finder=Fake(), key=KEY).session().redact(TEXT)
    said += traceback.format_exception(caught.value)
    said += [str(entry) for entry in entries] + caplog.messages
    said += [file.read_text("latin-1") for file in tmp_path.rglob("*") if file.is_file()]
    said = [line for line in said if "TEXT" not in line]  # a traceback shows this file, not its values
    text = "\n".join(said).lower()
    assert len(text) > 3_000
    assert [part for part in PARTS if part in text] == []


def test_objects_that_hold_values_do_not_show_them() -> None:
    session = Redactor(Policy(), finder=Fake(), key=KEY).session()
    session.redact(TEXT)
    modules = ((item, str(type(item).__module__)) for item in gc.get_objects())
    ours = [
        item for item, module in modules if module.startswith("prodworthy_redact") and ".detect" not in module
    ]
    assert len(ours) > 10
    for item in ours:
        assert SECRET not in repr(item)
        assert "Maria Gonzalez" not in str(item)


def test_what_cannot_be_recorded_is_not_sent(tmp_path: Path) -> None:
    from prodworthy_redact import RedactError

    session = Redactor(Policy(), finder=Fake(), key=KEY, audit=tmp_path).session()
    with pytest.raises(RedactError, match="audit log cannot be written"):
        session.redact(TEXT)
