"""The readiness report as Markdown: for a pull request, a wiki, or a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from prodworthy import __version__
from prodworthy.finding import Finding
from prodworthy.readiness.assessment import Assessment, Attested
from prodworthy.readiness.attestations import State
from prodworthy.readiness.score import CheckState
from prodworthy.readiness.trend import Trend
from prodworthy.report import words
from prodworthy.report.excerpt import printable
from prodworthy.report.place import place

_CODE = re.compile(r"`([^`\n]+)`")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def write(assessment: Assessment, out: TextIO) -> None:
    """Write one document."""
    for lines in (
        _head(assessment),
        _trend(assessment.trend) if assessment.trend is not None else (),
        _sections(assessment),
        _findings(assessment),
        _calls(assessment),
        _standards(assessment),
        _people(assessment),
        _method(assessment),
    ):
        for line in lines:
            out.write(f"{line}\n")


def _head(assessment: Assessment) -> Iterator[str]:
    subject, score = assessment.subject, assessment.score
    held, asked = assessment.answered
    yield f"# Production readiness of {_text(subject.project)}"
    yield ""
    told = [f"{subject.date}", f"prodworthy {__version__}"]
    if revision := words.revision(assessment):
        told.insert(1, f"revision {revision}")
    yield ", ".join(told)
    yield ""
    clean = f"{score.clean} of {score.counted} applicable checks found nothing"
    yield f"- **Score: {words.score(score.value)} of 100.** {clean}."
    counts = [words.plural(count, severity.value) for severity, count in assessment.severities.items()]
    yield f"- **{words.plural(len(assessment.findings), 'finding')}**: {', '.join(counts)}."
    yield f"- **Attested by people: {held} of {asked}.**"
    bounds = {bound.value: count for bound, count in words.bounds(assessment).items() if count}
    told_bounds = ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in bounds.items())
    yield f"- **{words.plural(len(assessment.calls), 'LLM call')}**; output: {told_bounds or 'none'}."
    if assessment.problems:
        yield ""
        count = words.plural(len(assessment.problems), "problem")
        yield f"**Incomplete: {count} while reading the project.**"
        yield ""
        yield from (f"- {_text(str(problem))}" for problem in assessment.problems)
    yield ""


def _trend(trend: Trend) -> Iterator[str]:
    yield f"## Since {_text(trend.before.name)}"
    yield ""
    rows = [
        (one.name, words.score(one.score), str(one.total), words.score(one.attested)) for one in trend.points
    ]
    yield from _table(("Report", "Score", "Findings", "Attested"), rows)
    yield ""
    yield f"{words.plural(trend.new, 'finding')} new, {trend.gone} gone."
    yield ""


def _sections(assessment: Assessment) -> Iterator[str]:
    yield "## The guide, section by section"
    yield ""
    rows = []
    for section in assessment.sections:
        held = [one for one in section.attested if one.state in (State.ATTESTED, State.NOT_APPLICABLE)]
        people = f"{len(held)} of {len(section.attested)}" if section.attested else words.NOTHING
        row = (section.model.name, words.of_section(section).text, words.score(section.score.value))
        changed = [words.change(section, assessment.trend) or words.NOTHING] * (assessment.trend is not None)
        rows.append((*row, *changed, str(section.findings), people))
    head = ["Section", "State", "Score", *["Change"] * (assessment.trend is not None), "Findings", "Attested"]
    yield from _table(head, rows)
    yield ""


def _findings(assessment: Assessment) -> Iterator[str]:
    yield "## Findings"
    yield ""
    if not assessment.findings:
        yield "None."
        yield ""
    for severity in assessment.severities:
        for check in assessment.checks:
            found = [f for f in assessment.findings if f.code == check.rule.code and f.severity is severity]
            if found:
                yield f"### {check.rule.code} {check.rule.name} ({severity.value}, {len(found)})"
                yield ""
                yield f"{_text(check.rule.summary)}."
                yield ""
                yield from (_finding(finding) for finding in found)
                yield ""


def _finding(finding: Finding) -> str:
    hint = f" *{_text(finding.hint)}*" if finding.hint else ""
    return f"- {_code(place(finding.span))}: {_text(finding.message)}{hint}"


def _calls(assessment: Assessment) -> Iterator[str]:
    yield "## LLM calls"
    yield ""
    head = ("Call", "Provider", "SDK", "Model", "Output cap", "Completions", "Tokens at most", "Data sent")
    rows = [
        (
            place(fact.call.span),
            words.provider(fact),
            fact.call.sdk,
            words.model(fact),
            words.cap(fact),
            words.completions(fact),
            words.worst_case(fact),
            "; ".join(words.data(fact)) or "none seen",
        )
        for fact in assessment.calls
    ]
    yield from _table(head, rows) if rows else ("None.",)
    if assessment.test_calls:
        yield ""
        yield f"{words.plural(assessment.test_calls, 'call')} in tests left out."
    yield ""


def _standards(assessment: Assessment) -> Iterator[str]:
    yield "## Standards and law"
    yield ""
    for standard in assessment.standards:
        yield f"### [{standard.model.title}]({standard.model.url})"
        yield ""
        yield standard.model.note
        yield ""
        rows = []
        for item in standard.items:
            codes = ", ".join(one.rule.code for one in item.checks if one.state is CheckState.FINDINGS)
            people = ", ".join(f"{one.model.title}: {words.of_attested(one).text}" for one in item.attested)
            looked = str(item.findings) if item.checks else "not looked at"
            rows.append(
                (
                    f"{item.model.id} {item.model.title}",
                    looked,
                    codes or words.NOTHING,
                    people or words.NOTHING,
                )
            )
        yield from _table(("Item", "Findings", "Rules with findings", "People"), rows)
        yield ""


def _people(assessment: Assessment) -> Iterator[str]:
    yield "## What only people can attest"
    yield ""
    rows = [_attested(one) for one in assessment.attested]
    yield from _table(("What", "State", "Owner", "Date", "Expires", "Evidence"), rows)
    yield ""


def _attested(one: Attested) -> tuple[str, ...]:
    state = words.of_attested(one).text
    if one.given is None:
        return one.model.title, state, words.NOTHING, words.NOTHING, words.NOTHING, words.NOTHING
    given = one.given
    shown = ", ".join(part for part in (given.evidence, given.note) if part)
    return one.model.title, state, given.owner, str(given.date), str(given.expires), shown or words.NOTHING


def _method(assessment: Assessment) -> Iterator[str]:
    yield "## How to read this report"
    yield ""
    for paragraph in words.METHOD:
        yield paragraph
        yield ""
    off = [check.rule.code for check in assessment.checks if check.state is CheckState.OFF]
    suppressed = assessment.statistics["suppressed"]
    assert isinstance(suppressed, int)
    yield f"Held back by comments in the code: {words.plural(suppressed, 'finding')}."
    yield ""
    yield f"Switched off by the configuration: {', '.join(off) or 'none'}."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_text(cell) for cell in row)} |"


def _text(text: str) -> str:
    """``text`` as Markdown that says it, its code spans kept."""
    parts, at = [], 0
    text = printable(text.replace("\n", " "))
    for match in _CODE.finditer(text):
        parts += [_SPECIAL.sub(r"\\\1", text[at : match.start()]), _code(match[1])]
        at = match.end()
    return "".join([*parts, _SPECIAL.sub(r"\\\1", text[at:])])


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{printable(text).replace('|', chr(92) + '|')}{pad}{fence}"
