"""PW307: nobody knows what is spent."""

from __future__ import annotations

from prodworthy.finding import Severity
from prodworthy.rule import Module, Report, Rule
from prodworthy_rules._wording import called
from prodworthy_rules.operations._tracing import METERED, TRACED


def check(module: Module, report: Report) -> None:
    """Report the first generating call of a file, where no file of the project reads token usage."""
    calls = [call for call in module.calls if call.generates and not call.local and not call.demo]
    if not calls or module.mentions(METERED) or module.mentions(TRACED):
        return
    for call in calls:
        report(
            call.span,
            f"nothing reads how many tokens {called(call)} uses: no checked file looks at usage or meters it",
            hint="record the usage that each answer carries, with the model and the feature it was for",
            defect=calls[0].span,
        )


RULE = Rule(
    code="PW307",
    name="untracked-usage",
    summary="Calls whose token usage nothing reads or meters",
    severity=Severity.NOTE,
    default=False,
    guide=("Cost: monitoring", "Billing limits"),
    cwe=(778,),
    owasp=("LLM10",),
    check_module=check,
)
