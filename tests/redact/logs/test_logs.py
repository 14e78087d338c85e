"""Log records lose their personal data, whatever part of the record holds it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Sequence

import pytest
import structlog
from redact.support import KEY, SECRET, Fake, redactor

from prodworthy_redact import Policy, Redactor
from prodworthy_redact.detect import Entity
from prodworthy_redact.logs import WITHHELD, RedactingFilter, redacting_processor


class Log:
    """A logger that writes to memory through a filter."""

    def __init__(self, redacting: RedactingFilter) -> None:
        self.stream = io.StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.addFilter(redacting)
        handler.setFormatter(
            logging.Formatter("%(levelname)s %(message)s %(customer)s", defaults={"customer": ""})
        )
        self.logger = logging.Logger("test")
        self.logger.addHandler(handler)

    @property
    def text(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def log() -> Log:
    return Log(RedactingFilter(redactor()))


def test_message_and_arguments(log: Log) -> None:
    log.logger.warning("%s has %d mails from %s", "Maria Gonzalez", 3, SECRET)
    assert log.text == "WARNING <PERSON_1> has 3 mails from <EMAIL_ADDRESS_1> \n"


def test_exceptions_stacks_and_extra_fields(log: Log) -> None:
    try:
        raise ValueError(f"no account for {SECRET}")
    except ValueError:
        log.logger.exception(
            "failed", extra={"customer": {"mail": SECRET, "object": Customer()}}, stack_info=True
        )
    assert "ValueError: no account for <EMAIL_ADDRESS_1>" in log.text
    assert "{'mail': '<EMAIL_ADDRESS_1>', 'object': 'customer <PERSON_1>'}" in log.text
    assert "Stack (most recent call last)" in log.text
    assert SECRET not in log.text


class Customer:
    def __str__(self) -> str:
        return "customer Maria Gonzalez"


def test_messages_that_cannot_be_formatted_are_withheld(log: Log) -> None:
    log.logger.warning("%d", SECRET)
    assert log.text == f"WARNING {WITHHELD} \n"


def test_one_session_keeps_placeholders_over_records() -> None:
    log = Log(RedactingFilter(redactor(), session="log"))
    for name in ("Maria Gonzalez", "Bob O'Neil", "Maria Gonzalez"):
        log.logger.warning(name)
    assert log.text.split() == ["WARNING", "<PERSON_1>", "WARNING", "<PERSON_2>", "WARNING", "<PERSON_1>"]


class Talkative:
    """Logs what it reads, and then fails."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self.logger = logger

    def find(self, text: str) -> Sequence[Entity]:
        if self.logger:
            self.logger.warning("reading %s", text)
            return Fake().find(text)
        raise RuntimeError(text)


def test_what_cannot_be_redacted_is_withheld() -> None:
    log = Log(RedactingFilter(Redactor(Policy(), finder=Talkative(), key=KEY)))
    log.logger.warning("I am %s", SECRET, extra={"customer": SECRET})
    assert log.text == f"WARNING {WITHHELD} {WITHHELD}\n"


def test_what_a_recognizer_logs_is_withheld_and_does_not_recurse() -> None:
    finder = Talkative()
    log = Log(RedactingFilter(Redactor(Policy(), finder=finder, key=KEY)))
    finder.logger = log.logger
    log.logger.warning("I am %s", SECRET)
    assert log.text == f"WARNING {WITHHELD} \nWARNING I am <EMAIL_ADDRESS_1> \n"


def test_structlog() -> None:
    out = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(out),
        processors=[redacting_processor(redactor()), structlog.processors.JSONRenderer()],
    )
    logger.info("mail", to=SECRET, count=3, who={"name": "Maria Gonzalez"})
    assert json.loads(out.getvalue()) == {
        "event": "mail",
        "to": "<EMAIL_ADDRESS_1>",
        "count": 3,
        "who": {"name": "<PERSON_1>"},
    }


def test_structlog_withholds_what_cannot_be_redacted() -> None:
    process = redacting_processor(Redactor(Policy(), finder=Talkative(), key=KEY))
    assert process(None, "info", {"event": SECRET, "n": 1}) == {"event": WITHHELD, "n": WITHHELD}
