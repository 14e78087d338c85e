"""PW502: personal data that leaves for a provider as it is."""

from __future__ import annotations

from prodworthy.call import LlmCall, Origin
from prodworthy.finding import Confidence, Severity
from prodworthy.fix.remedy import Remedy, WrapCall
from prodworthy.rule import Report, Rule
from prodworthy_rules._wording import called, listed

ROLES = ("user_prompt", "system_prompt", "input")
_PROTECTED = (
    "openai",
    "anthropic",
    "groq",
    "together",
    "google.genai",
    "mistralai",
    "cohere",
    "ollama",
    "huggingface_hub",
    "langchain",
    "llama_index",
)
"""Packages whose clients, and models that hold one, `prodworthy_redact.protect` knows."""

_SURE = [Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]


def _elements(origins: list[Origin]) -> str:
    return ", ".join(dict.fromkeys(origin.personal.replace("_", " ") for origin in origins))


def check(call: LlmCall, report: Report) -> None:
    """Report every part of a call that holds personal data with no redaction on the way."""
    for role in ROLES:
        if origins := [o for o in call.origins(role) if o.personal and not o.redacted]:
            report(
                call.span,
                f"personal data reaches {called(call)} unredacted: {listed(origins)} ({_elements(origins)})",
                hint="leave it out if the model can do without it; otherwise redact it before the call",
                confidence=max((Confidence(o.confidence) for o in origins), key=_SURE.index),
                trace=origins[0].trace,
                context=f"{call.callee} {role} {_elements(origins)}",
                fix=_remedy(call),
            )


def _remedy(call: LlmCall) -> Remedy | None:
    """The client redacts what it sends, if it is one whose transport is known."""
    root, _, name = call.client_name.partition(".")
    root = f"{root}.{name.partition('.')[0]}" if root == "google" else root
    if call.client_span is None or not root.startswith(_PROTECTED) or call.local:
        return None
    named = call.client_name.rpartition(".")[2]
    return Remedy("Protect the client", WrapCall(call.client_span, named, "protect", "prodworthy_redact"))


RULE = Rule(
    code="PW502",
    name="unredacted-pii",
    summary="A personal value (by type, name, column or field) that reaches a provider unredacted",
    severity=Severity.WARNING,
    default=True,
    guide=("Security and compliance",),
    cwe=(359,),
    owasp=("LLM02",),
    confidence=Confidence.MEDIUM,
    check_call=check,
    sanitizer="redaction",
)
