"""PW802: a model that is gone, or goes soon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.fix.remedy import Remedy, ReplaceModel
from prodworthy.model.load import load
from prodworthy.model.schema import RetiredModel, RetiredModels
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps

PLAIN = frozenset({"openai"})
"""SDKs whose calls have the parameters of the provider's own API."""

SOON = timedelta(days=90)
"""How long before its retirement a model is reported."""


def check(call: LlmCall, report: Report) -> None:
    """Report a call of a model whose provider has retired it or will do so within three months."""
    name = call.model.value
    if call.model.status != "set" or not isinstance(name, str) or _elsewhere(call):
        return
    for model in _retired().get(name.removeprefix("models/"), ()):
        day = date.fromisoformat(model.date)
        if day - SOON > today() or not _reached(call, model):
            continue
        tense = "was retired" if day <= today() else "is to be retired"
        report(
            call.span,
            f"{called(call)} asks for `{name}`{set_where(call, call.model)}, "
            f"which {tense} by {model.provider} on {model.date}",
            hint=f"{model.provider} recommends `{model.instead}`; see {model.docs}"
            if model.instead
            else f"choose a current model; see {model.docs}",
            trace=steps(call, call.model, "the model is chosen here"),
            fix=_remedy(call, name, model.instead),
            defect=call.model.origin,
        )


def today() -> date:
    """The day of the run: what is announced today is retired one day, without new data."""
    return date.today()


def is_leaving(name: str) -> bool:
    """Whether a model is retired, or will be within three months, by whoever runs it."""
    return any(date.fromisoformat(model.date) - SOON <= today() for model in _retired().get(name, ()))


def _reached(call: LlmCall, model: RetiredModel) -> bool:
    return f"sdk:{call.sdk}" in model.clients or call.client_name.rpartition(".")[2] in model.clients


def _elsewhere(call: LlmCall) -> bool:
    """Whether the call goes to another provider, or a cloud that resells the model."""
    resold = any(cloud in call.client_name for cloud in ("Azure", "Bedrock", "Vertex"))
    return resold or call.local or call.setting("base_url").status != "unset"


def _remedy(call: LlmCall, name: str, instead: str) -> Remedy | None:
    """The recommended model, with what it needs to answer as the old one did; None where nobody knows."""
    successor = next((s for s in _data().successor if _any(s.models, instead)), None)
    if call.model.origin is None or successor is None or is_leaving(instead) or call.removed:
        return None
    plain = name.removeprefix("models/")
    if _any(successor.alike, plain):
        change = ReplaceModel(call.model.origin, plain, instead, call.span, unless=successor.unless_alike)
        return Remedy(f"Ask for `{instead}`", change)
    adding = _of_call(successor.adding, call)
    if not adding:
        return None
    change = ReplaceModel(
        call.model.origin,
        plain,
        instead,
        call.span,
        tuple(adding.items()),
        tuple(_of_call(successor.renaming, call).items()),
        successor.unless,
    )
    told = ", ".join(f"`{parameter}={value}`" for parameter, value in adding.items())
    return Remedy(f"Ask for `{instead}` with {told}", change)


def _of_call(by_kind: Mapping[str, dict[str, str]], call: LlmCall) -> dict[str, str]:
    """What holds for the client's class, or for the API of an SDK of the provider's own."""
    client = call.client_name.rpartition(".")[2]
    return by_kind.get(client) or (by_kind.get(call.api, {}) if call.sdk in PLAIN else {})


def _any(globs: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


@cache
def _data() -> RetiredModels:
    return load(Path(__file__).parents[1] / "models" / "retired.toml", RetiredModels)


@cache
def _retired() -> dict[str, list[RetiredModel]]:
    found: dict[str, list[RetiredModel]] = {}
    for entry in _data().retired:
        for name in entry.models:
            found.setdefault(name, []).append(entry)
    return found


RULE = Rule(
    code="PW802",
    name="retired-model",
    summary="A model past its announced retirement, or less than three months before it",
    severity=Severity.ERROR,
    default=True,
    guide=("Latency: model choice", "MLOps"),
    cwe=(477,),
    check_call=check,
)
