"""PW310: a completion that goes on with the next item, and the next."""

from __future__ import annotations

import re

from prodworthy.call import LlmCall
from prodworthy.finding import Severity
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called

_LABEL = re.compile(r"^[ \t]*([A-Z][\w ]{0,24}?)[ \t]*:", re.MULTILINE)
_LIST = re.compile(r"(?:^|\n)[ \t]*(?:1[.)]|[-*])[ \t]*$")


def check(call: LlmCall, report: Report) -> None:
    """Report a completion of a list or of labelled examples that nothing tells where to end."""
    if call.api != "completion" or call.setting("stop").status != "unset" or "stop" not in call.settings:
        return
    for origin in call.origins("user_prompt"):
        pattern = _pattern(origin.text)
        if pattern:
            report(
                call.span,
                f"{called(call)} continues {pattern} and no stop sequence ends it: "
                "the model goes on with the next",
                hint="set `stop` to what begins the next item",
            )
            return


def _pattern(text: str) -> str:
    """What a text leads a model to continue for ever."""
    labels = _LABEL.findall(text)
    repeated = next((label for label in labels if labels.count(label) > 1), "")
    if repeated and text.rstrip().endswith(":"):
        return f"a series of `{repeated}:`"
    return "a list" if _LIST.search(text) else ""


RULE = Rule(
    code="PW310",
    name="missing-stop-sequence",
    summary="A completion of a list or template with no stop sequence",
    severity=Severity.NOTE,
    default=False,
    guide=("Latency: fewer generated tokens",),
    owasp=("LLM10",),
    check_call=check,
)
