"""The score as the documentation states it."""

from __future__ import annotations

from prodworthy.finding import Severity
from prodworthy.readiness.score import Check, CheckState, Score, check, score
from prodworthy.rule import Rule

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def nothing(*_: object) -> None:
    """A check that is never run."""


def rule(code: str, severity: Severity, **changes: object) -> Rule:
    checks = changes or {"check_call": nothing}
    return Rule(code, f"rule-{code}", "A rule.", severity, True, ("A section",), **checks)  # type: ignore[arg-type]


def made(code: str, severity: Severity, state: CheckState) -> Check:
    return Check(rule(code, severity), state, int(state is CheckState.FINDINGS))


def test_checks_count_by_severity_and_as_a_whole() -> None:
    checks = [
        made("A", ERROR, CheckState.CLEAN),
        made("B", WARNING, CheckState.FINDINGS),
        made("C", NOTE, CheckState.CLEAN),
    ]
    assert score(checks) == Score(100 * 4 // 6, clean=2, counted=3)


def test_what_is_off_or_has_nothing_to_look_at_counts_neither_way() -> None:
    checks = [
        made("A", NOTE, CheckState.CLEAN),
        made("B", ERROR, CheckState.OFF),
        made("C", ERROR, CheckState.NOT_APPLICABLE),
    ]
    assert score(checks) == Score(100, clean=1, counted=1)
    assert score(checks[1:]) == Score(None, clean=0, counted=0)
    assert score([]) == Score(None, clean=0, counted=0)


def test_a_rule_counts_once_and_scores_are_rounded_down() -> None:
    checks = [made(str(n), NOTE, CheckState.CLEAN) for n in range(200)]
    failed = made("X", NOTE, CheckState.FINDINGS)
    assert score([*checks, failed, failed]) == Score(99, clean=200, counted=201)


def test_mending_a_rule_never_lowers_a_score() -> None:
    other = made("A", ERROR, CheckState.FINDINGS)
    for severity in Severity:
        before = score([other, made("B", severity, CheckState.FINDINGS)]).value
        after = score([other, made("B", severity, CheckState.CLEAN)]).value
        assert before is not None
        assert after is not None
        assert after > before


def test_a_check_without_anything_to_look_at_is_not_applicable() -> None:
    one = rule("A", NOTE)
    assert check(one, True, 0, lambda _: True).state is CheckState.CLEAN
    assert check(one, True, 0, lambda _: False).state is CheckState.NOT_APPLICABLE
    assert check(one, False, 0, lambda _: True).state is CheckState.OFF
    # a folder of its own may have on what the project has off, and what was found was there to look at
    assert check(one, False, 1, lambda _: False).state is CheckState.FINDINGS
