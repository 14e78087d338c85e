"""Outcomes as JSON and back. What the source says is left out: findings keep their fingerprint alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from prodworthy.cache.screen import in_pieces, joined
from prodworthy.call import LlmCall, Origin, Setting
from prodworthy.finding import Applicability, Confidence, Edit, Finding, Fix, Severity, Span, TraceStep
from prodworthy.fix.ignore import is_ignore_file
from prodworthy.outcome import Outcome
from prodworthy.unresolved import Unresolved

Json = Any
"""What `json.loads` gives; whatever in it is not of the right shape raises and discards the record."""

_FINDING = ("code", "name", "message", "span", "severity", "confidence", "hint", "trace", "cwe", "owasp")
_CALL = ("span", "sdk", "api", "method", "callee", "function", "model", "output_cap", "retry", "timeout")
_PLAIN = ("removed", "local", "provider", "client_seen", "client_name", "asynchronous", "sdk_retries", "demo")


def to_json(outcome: Outcome, text_of: Callable[[str], str]) -> dict[str, Json]:
    """``outcome`` without its path and what it depends on; ``text_of`` reads a source."""
    record: dict[str, Json] = {"a": outcome.analysed}
    if outcome.findings:
        record["f"] = [_finding(finding, text_of) for finding in outcome.findings]
    if outcome.calls:
        record["c"] = [_call(call) for call in outcome.calls]
    if outcome.unresolved:
        record["u"] = _plain(outcome.unresolved)
    if outcome.call_count or outcome.suppressed or outcome.passed_over:
        record["n"] = [outcome.call_count, outcome.suppressed, outcome.passed_over]
    return record


def from_json(path: str, record: dict[str, Json], text_of: Callable[[str], str]) -> Outcome:
    """The outcome of ``path`` that `to_json` wrote.

    Raises:
        LookupError, TypeError, ValueError: it did not.
        SourceError: a fix repeats what a source says that cannot be read.
    """
    count, suppressed, passed_over = record.get("n", (0, 0, ""))
    return Outcome(
        path=path,
        findings=tuple(_to_finding(finding, text_of) for finding in record.get("f", ())),
        calls=tuple(_to_call(call) for call in record.get("c", ())),
        call_count=_number(count),
        suppressed=_number(suppressed),
        analysed=bool(record["a"]),
        passed_over=_text(passed_over),
        unresolved=tuple(Unresolved(kind, _span(span), *rest) for kind, span, *rest in record.get("u", ())),
    )


def _plain(value: object) -> Json:
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Span):
        return [value.path, value.line, value.column, value.end_line, value.end_column, value.cell]
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, field.name)) for field in fields(value)]
    return value


def _finding(finding: Finding, text_of: Callable[[str], str]) -> Json:
    told = [_plain(getattr(finding, name)) for name in _FINDING]
    fix: Json = None
    if finding.fix is not None:
        edits = [
            (_plain(edit.span), in_pieces(edit.content, _text_around(edit.span.path, text_of)))
            for edit in finding.fix.edits
        ]
        fix = finding.fix.message, edits, finding.fix.applicability
    return [*told, finding.url, finding.secret, fix, finding.fingerprint]


def _text_around(path: str, text_of: Callable[[str], str]) -> str:
    """What an edit's file says; nothing of a file of ignore rules, which need not be there."""
    return "" if is_ignore_file(path) else text_of(path)


def _to_finding(record: Json, text_of: Callable[[str], str]) -> Finding:
    code, name, message, span, severity, confidence, hint, trace, cwe, owasp, url, secret, fix, identity = (
        record
    )
    return Finding(
        code=_text(code),
        name=_text(name),
        message=_text(message),
        span=_span(span),
        severity=Severity(severity),
        confidence=Confidence(confidence),
        hint=_text(hint),
        trace=tuple(TraceStep(_span(at), _text(told), _text(function)) for at, told, function in trace),
        fix=_fix(fix, text_of) if fix is not None else None,
        cwe=tuple(_number(number) for number in cwe),
        owasp=tuple(_text(word) for word in owasp),
        url=_text(url),
        secret=_text(secret),
        identity=_text(identity),
    )


def _fix(record: Json, text_of: Callable[[str], str]) -> Fix:
    message, edits, applicability = record
    found = []
    for place, pieces in edits:
        span = _span(place)
        found.append(Edit(span, joined(pieces, _text_around(span.path, text_of))))
    return Fix(_text(message), tuple(found), Applicability(applicability))


def _call(call: LlmCall) -> Json:
    settings = {role: _plain(setting) for role, setting in call.settings.items()}
    origins = [_plain(origin) for origin in call.origins()]
    return [
        [_plain(getattr(call, name)) for name in _CALL],
        {name: getattr(call, name) for name in _PLAIN},
        settings,
        origins,
    ]


def _to_call(record: Json) -> LlmCall:
    told, plain, settings, found = record
    span, *words, model, cap, retry, timeout = told
    sdk, api, method, callee, function = (_text(word) for word in words)
    origins = tuple(_origin(origin) for origin in found)
    return LlmCall(
        _span(span),
        sdk,
        api,
        method,
        callee,
        function,
        _setting(model),
        _setting(cap),
        _setting(retry),
        _setting(timeout),
        settings={_text(role): _setting(setting) for role, setting in settings.items()},
        find_origins=lambda: origins,
        **{name: plain[name] for name in _PLAIN},
    )


def _setting(record: Json) -> Setting:
    status, value, origin, *rest = record
    return Setting(_text(status), value, _span(origin) if origin is not None else None, *rest)


def _origin(record: Json) -> Origin:
    kind, role, label, span, _, _, safe, *rest = record
    return Origin(_text(kind), _text(role), _text(label), _span(span), (), "", frozenset(safe), *rest)


def _span(record: Json) -> Span:
    path, *numbers = record
    line, column, end_line, end_column, cell = (_number(number) for number in numbers)
    return Span(_text(path), line, column, end_line, end_column, cell=cell)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: Json) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return int(value)
