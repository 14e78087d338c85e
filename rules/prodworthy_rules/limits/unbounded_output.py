"""PW301: an answer of any length."""

from __future__ import annotations

import re
from dataclasses import replace

from prodworthy.call import LlmCall, Opening
from prodworthy.finding import Confidence, Severity
from prodworthy.fix.remedy import Remedy, SetArgument
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import RAW_HTTP, called

STEPS = 4
"""Answers that one run of an assistant may take, whose cap holds for all of them; and how much more a model
gets that is not in view and may think."""

_REASON = (
    r"(?:o[1-9]|gpt-[5-9]|gemini-(?:2\.5|[3-9])|grok-4|magistral|qwq|deepseek-(?:r[1-9]|reasoner)|gpt-oss)\b"
)
_THINKING = rf"(?i)(?:^|[/:.]){_REASON}"
"""Models whose thinking counts towards the cap, so that a short one leaves no answer."""

_OPENAI = "max_completion_tokens"
_TOLD_NOT_TO = r"\A(?!.*\breasoning\w*\W{1,6}(?:effort\W{1,6})?none\b)"
"""Code that does not ask for an answer without thinking (``reasoning_effort="none"``)."""


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
        fix=_remedy(call, report.policy.output_cap),
    )


def _parameter(call: LlmCall) -> str:
    """The cap by the name that whoever answers the call knows: OpenAI's newer one is unknown elsewhere."""
    address = call.setting("base_url")
    known = isinstance(address.value, str)
    elsewhere = "openai.com" not in str(address.value) if known else _may_be_elsewhere(call)
    if call.cap_parameter == _OPENAI and elsewhere:
        return "max_tokens"
    return call.cap_parameter


def _may_be_elsewhere(call: LlmCall) -> bool:
    """Whether the address is decided where nobody sees it: most servers know the older name, OpenAI's too."""
    return (
        call.sdk != RAW_HTTP
        and call.setting("base_url").status != "unset"
        and "Azure" not in call.client_name
    )


def _remedy(call: LlmCall, cap: int) -> Remedy | None:
    opening = call.cap_opening
    if opening is None or call.removed or call.guessed:
        return None
    name = _taken(call, opening)
    known = {_OPENAI, "max_tokens"}.issubset(n.rpartition(".")[2] for n in opening.names)
    first = [n for n in opening.names if known and (n == name or n.endswith(f".{name}"))]
    opening = replace(opening, names=tuple(dict.fromkeys((*first, *opening.names))))
    thinks = re.search(_THINKING, str(call.model.value or ""))
    unless = rf"(?is){_TOLD_NOT_TO}" if thinks else rf"(?is){_TOLD_NOT_TO}.*[\"'/:.]{_REASON}"
    told = opening.names[0].partition(".")[2] if call.sdk == RAW_HTTP else opening.names[0]
    near = "" if call.model.value else rf"(?i)[\"'/:.]{_REASON}"
    shown = call.model.value is not None or call.model.status == "unset"
    if call.api == "assistants-run" or not shown:
        cap *= STEPS
    return Remedy(f"Set `{told}={cap}`", SetArgument(opening, str(cap), unless, near))


def _taken(call: LlmCall, opening: Opening) -> str:
    """The cap by the name that the API of this call takes, whatever wraps it."""
    if call.client_name.startswith("openai.") and call.setting("base_url").status == "unset":
        return _OPENAI if _OPENAI in opening.names else _parameter(call)
    if call.sdk == RAW_HTTP and "openai" not in opening.provider and _parameter(call) == _OPENAI:
        return "max_tokens"
    return _parameter(call)


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
