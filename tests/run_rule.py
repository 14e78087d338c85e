"""Run one rule's ``check_module`` over a text, with the real engine and no configuration between."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prodworthy.config import Policy
from prodworthy.finding import Confidence, Span, TraceStep
from prodworthy.fix.remedy import Remedy
from prodworthy.model.knowledge import Knowledge
from prodworthy.resolve.engine import Engine
from prodworthy.rule import Rule
from prodworthy.source.python import parse_source
from prodworthy_rules import __path__ as pack


@dataclass(frozen=True, slots=True)
class Reported:
    """What the rule said, before the engine adds what all findings have."""

    span: Span
    message: str
    hint: str
    confidence: Confidence | None
    context: str
    fix: Remedy | None


class Report:
    """Collects what a rule reports (`rule.Report`)."""

    policy = Policy()

    def __init__(self) -> None:
        self.reports: list[Reported] = []

    def __call__(
        self,
        span: Span,
        message: str,
        *,
        hint: str = "",
        confidence: Confidence | None = None,
        trace: tuple[TraceStep, ...] = (),
        fix: Remedy | None = None,
        context: str = "",
        defect: Span | None = None,
        secret: str = "",
    ) -> None:
        """Report ``message`` at ``span``."""
        assert (trace, defect) == ((), None)
        assert len(secret) in (0, 40)
        self.reports.append(Reported(span, message, hint, confidence, context, fix))


def run_rule(rule: Rule, text: str, path: str = "app.py") -> list[Reported]:
    """The reports of ``rule`` on a module of this text."""
    assert rule.check_module is not None
    report = Report()
    source = parse_source(path, text)
    engine = Engine(Path("nowhere"), Knowledge([Path(pack[0]) / "models"]), lambda _: source, [path])
    rule.check_module(engine.module(source), report)
    return report.reports
