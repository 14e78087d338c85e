"""PW301: an answer of any length."""

from __future__ import annotations

import re
from dataclasses import replace

from prodworthy.call import LlmCall
from prodworthy.finding import Confidence, Severity
from prodworthy.fix.remedy import Remedy, SetArgument
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called

CAP = 1024
"""The cap that a fix writes: some 750 words, to be judged by whoever reviews it."""

_REASONS = (
    r"(?i)(?:^|[/:.])"
    r"(?:o[1-9]|gpt-[5-9]|gemini-(?:2\.5|[3-9])|grok-4|magistral|qwq|deepseek-(?:r[1-9]|reasoner))\b"
)
"""Models whose thinking counts towards the cap, so that a short one leaves no answer."""


CAPPED_BY_PROVIDER = frozenset(
    {("openai", "completion"), ("bedrock", "invoke_model"), ("sagemaker", "invoke_model")}
)
"""Calls that stop by themselves: after 16 tokens, or the few hundred of the model behind the endpoint."""


def check(call: LlmCall, report: Report) -> None:
    """Report a generating call that no output cap reaches."""
    if not call.generates or (call.sdk, call.api) in CAPPED_BY_PROVIDER:
        return
    cap = _parameter(call)
    if call.output_cap.status == "unknown":
        message = f"{called(call)} may have no output cap: {call.output_cap.reason}"
        hint = f"make sure that `{cap}` is set" if cap else "make sure that the model behind it has one"
        report(call.span, message, hint=hint, confidence=Confidence.LOW)
    if call.output_cap.status != "unset":
        return
    unset = f"nothing sets `{cap}`" if cap else "nothing limits its tokens"
    report(
        call.span,
        f"{called(call)} has no output cap: {unset}, so an answer can run to the model's own limit",
        hint=f"set `{cap}` to the longest answer you can use"
        if cap
        else "cap the tokens of the model behind it",
        fix=_remedy(call),
    )


def _parameter(call: LlmCall) -> str:
    """The cap by the name that whoever answers the call knows: OpenAI's newer one is unknown elsewhere."""
    address = call.setting("base_url").value
    elsewhere = isinstance(address, str) and "openai.com" not in address
    if call.cap_parameter == "max_completion_tokens" and elsewhere:
        return "max_tokens"
    return call.cap_parameter


def _remedy(call: LlmCall) -> Remedy | None:
    opening = call.cap_opening
    if opening is not None and _parameter(call) in opening.names:
        opening = replace(opening, names=(_parameter(call), *opening.names))
    if opening is None or call.removed or re.search(_REASONS, str(call.model.value or "")):
        return None
    return Remedy(f"Set `{opening.names[0]}={CAP}`", SetArgument(opening, str(CAP), _REASONS))


RULE = Rule(
    code="PW301",
    name="unbounded-output",
    summary="A generating call with no effective cap on its output tokens",
    severity=Severity.WARNING,
    default=True,
    guide=("Latency: fewer generated tokens", "Cost: text generation"),
    cwe=(770,),
    owasp=("LLM10",),
    check_call=check,
)
