"""PW801: a model that can change overnight."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.fix.remedy import Remedy, ReplaceModel
from prodworthy.model.load import load
from prodworthy.model.schema import AliasModels
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, set_where, steps
from prodworthy_rules.operations.retired_model import is_leaving


def check(call: LlmCall, report: Report) -> None:
    """Report a call whose model is a floating alias."""
    name = call.model.value
    if call.model.status != "set" or not isinstance(name, str) or "Azure" in call.client_name:
        return
    plain = name.rpartition("/")[2]
    snapshot = _snapshots().get(plain, "")
    if not snapshot and not plain.endswith("-latest"):
        return
    report(
        call.span,
        f"{called(call)} asks for `{name}`{set_where(call, call.model)}: that name moves to newer snapshots",
        hint=_hint(snapshot),
        fix=_remedy(call, plain, snapshot),
        trace=steps(call, call.model, "the model is chosen here"),
        defect=call.model.origin,
    )


def _remedy(call: LlmCall, name: str, snapshot: str) -> Remedy | None:
    if not snapshot or is_leaving(snapshot) or call.model.origin is None:
        return None
    return Remedy(f"Pin `{snapshot}`", ReplaceModel(call.model.origin, name, snapshot, call.span))


def _hint(snapshot: str) -> str:
    if is_leaving(snapshot):
        return "move to a current model, and pin a snapshot of it that you have tested"
    return f"pin a snapshot you have tested, such as `{snapshot}`" if snapshot else "pin a dated snapshot"


@cache
def _snapshots() -> dict[str, str]:
    return load(Path(__file__).parents[1] / "models" / "aliases.toml", AliasModels).snapshot


RULE = Rule(
    code="PW801",
    name="unpinned-model",
    summary="A floating model alias where a dated snapshot exists",
    severity=Severity.NOTE,
    default=False,
    guide=("MLOps",),
    cwe=(1104,),
    check_call=check,
)
