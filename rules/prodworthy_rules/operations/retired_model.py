"""PW802: a model that is gone, or goes soon."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.model.load import load
from prodworthy.model.schema import RetiredModel, RetiredModels
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps

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


@cache
def _retired() -> dict[str, list[RetiredModel]]:
    found: dict[str, list[RetiredModel]] = {}
    for entry in load(Path(__file__).parents[1] / "models" / "retired.toml", RetiredModels).retired:
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
