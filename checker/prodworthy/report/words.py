"""What the pages of a readiness report say, in words that people read."""

from __future__ import annotations

from dataclasses import dataclass

from prodworthy.call import Setting
from prodworthy.finding import Severity
from prodworthy.readiness.assessment import Assessment, Attested, Section
from prodworthy.readiness.attestations import State
from prodworthy.readiness.calls import Bound, CallFacts, Place
from prodworthy.readiness.score import Check, CheckState
from prodworthy.readiness.trend import Trend

NOTHING = "\N{EN DASH}"
"""Stands where there is nothing to say."""
_SOURCES = {
    "user-text": "text from users",
    "documents": "documents and stored data",
    "model-output": "model output",
    "credentials": "credentials",
}
_PLACES = {
    Place.PRIVATE: "own or private host",
    Place.RUN_TIME: "chosen at run time",
    Place.UNKNOWN: "not in view",
}
_CHECKS = {
    CheckState.CLEAN: "no findings",
    CheckState.NOT_APPLICABLE: "not applicable",
    CheckState.OFF: "switched off",
}
_ATTESTED = {
    State.ATTESTED: "attested",
    State.EXPIRED: "expired",
    State.FUTURE: "not yet in force",
    State.NOT_APPLICABLE: "does not apply",
    State.MISSING: "not attested",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a few words; ``kind`` tells how it looks: error, warning, note, good, open or off."""

    kind: str
    text: str


def number(count: int) -> str:
    """``12,345``."""
    return f"{count:,}"


def plural(count: int, noun: str) -> str:
    """``1 call``, ``2 calls``."""
    return f"{number(count)} {noun}{'s' * (count != 1)}"


def score(value: int | None) -> str:
    """``72``, or a dash where nothing could be scored."""
    return NOTHING if value is None else str(value)


def of_section(section: Section) -> Badge:
    """What a section came to, its checks before its people."""
    if section.worst is Severity.ERROR:
        return Badge("error", "at risk")
    if section.worst is not None:
        return Badge("warning", "gaps")
    open_ones = [one for one in section.attested if one.state not in (State.ATTESTED, State.NOT_APPLICABLE)]
    if open_ones:
        return Badge("open", "to be attested")
    if section.score.counted:
        return Badge("good", "no findings")
    if section.attested:
        return Badge("good", "attested by people")
    off = all(one.state is CheckState.OFF for one in section.checks)
    return Badge("off", "switched off" if off else "not applicable")


def bar_of(section: Section) -> str:
    """How the bar of a section's score looks: as the gravest of its findings."""
    return section.worst.value if section.worst is not None else "good"


def change(section: Section, trend: Trend | None) -> str:
    """How far a section's score is from that of the report before: ``+10``; empty where one is not known."""
    before = trend.before.sections.get(section.model.name) if trend is not None else None
    if before is None or section.score.value is None:
        return ""
    return f"{section.score.value - before:+d}".replace("-", "\N{MINUS SIGN}").replace("+0", "0")


def of_check(check: Check) -> Badge:
    """What a rule came to."""
    if check.state is CheckState.FINDINGS:
        return Badge(check.rule.severity.value, plural(check.findings, "finding"))
    return Badge("good" if check.state is CheckState.CLEAN else "off", _CHECKS[check.state])


def of_attested(one: Attested) -> Badge:
    """What an attestation is worth."""
    kinds = {State.ATTESTED: "good", State.NOT_APPLICABLE: "off", State.MISSING: "open"}
    return Badge(kinds.get(one.state, "error"), _ATTESTED[one.state])


def provider(fact: CallFacts) -> str:
    """Who answers a call."""
    return fact.provider.name if fact.provider is not None else _PLACES[fact.place]


def model(fact: CallFacts) -> str:
    """The model's name, where the code shows it."""
    value = fact.call.model.value
    return str(value) if value is not None else "not in view"


def cap(fact: CallFacts) -> str:
    """The output cap."""
    value = fact.call.output_cap.value
    match fact.bound:
        case Bound.BOUNDED:
            return number(value) if isinstance(value, int) else "set, size not in view"
        case Bound.UNBOUNDED:
            return "none"
        case Bound.NOT_APPLICABLE:
            return NOTHING
        case Bound.UNKNOWN:
            return "not in view"


def completions(fact: CallFacts) -> str:
    """How many completions a call asks for."""
    return "not in view" if fact.completions is None else str(fact.completions)


def worst_case(fact: CallFacts) -> str:
    """Output tokens per call at most."""
    if fact.worst_case is not None:
        return number(fact.worst_case)
    if fact.bound is Bound.UNBOUNDED:
        return "the model's limit"
    return NOTHING if fact.bound is Bound.NOT_APPLICABLE else "not in view"


def retry(setting: Setting) -> str:
    """The effective retries."""
    value = setting.value
    attempts = plural(value, "retry").replace("retrys", "retries") if isinstance(value, int) else ""
    match setting.status:
        case "sdk-default":
            return f"{attempts} (SDK's default)" if attempts else "the SDK's default"
        case "explicit":
            return attempts or "set"
        case "decorator" | "loop":
            return f"by a {setting.status}"
        case "disabled" | "none":
            return "none" if setting.status == "none" else "switched off"
        case _:
            return "not in view"


def timeout(setting: Setting) -> str:
    """The effective timeout."""
    value = setting.value
    seconds = f"{value:g} s" if isinstance(value, (int, float)) and value >= 0 else ""
    match setting.status:
        case "sdk-default":
            return f"{seconds or 'none'} (SDK's default)"
        case "explicit":
            return seconds or "set"
        case "disabled":
            return "switched off"
        case "none":
            return "none"
        case _:
            return "not in view"


def data(fact: CallFacts) -> tuple[str, ...]:
    """What a call sends, a category each."""
    elements: dict[tuple[str, bool], list[str]] = {}
    for one in fact.data:
        names = elements.setdefault((one.category, one.redacted), [])
        names += [one.element.replace("_", " ")] * bool(one.element)
    return tuple(
        _SOURCES.get(category, f"{category.replace('-', ' ')} data")
        + (f": {', '.join(names)}" if names else "")
        + " (redacted)" * redacted
        for (category, redacted), names in elements.items()
    )


def bounds(assessment: Assessment) -> dict[Bound, int]:
    """How many calls have a bound on what they generate."""
    found = [fact.bound for fact in assessment.calls]
    return {bound: found.count(bound) for bound in Bound}


def revision(assessment: Assessment) -> str:
    """The commit, and whether the files differ from it."""
    subject = assessment.subject
    return f"{subject.revision} with changes" if subject.revision and subject.changed else subject.revision


METHOD = tuple(
    """\
A check is one rule of the catalogue. It had findings, had none, is not applicable (nothing in this project
for it to look at) or is switched off by the configuration.

The score of a section is the share of its applicable checks that found nothing, weighted by severity: an
error counts 3, a warning 2, a note 1. One finding fails its check as a whole. The overall score counts
every check once. Scores are rounded down.

What people attest is shown beside the score and is no part of it: no code shows whether it is true. An
attestation past its expiry is shown as expired.

No findings means that the code shows no defect. What the code does not show (a setting from the
environment, a call through an unknown library) is not in view and counts neither way; the list of calls
tells how much that is.

A mapping to a standard says that the findings of a rule bear on an item. It is neither legal advice nor
evidence of conformity.""".replace("\n", " ").split("  ")
)
"""How the report came to what it says, a paragraph each."""
