"""PW106: staging or tests that spend from production's account."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prodworthy.environments.entry import Entry
from prodworthy.environments.names import PRODUCTION, environment_of
from prodworthy.finding import Severity, TraceStep, mask
from prodworthy.rule import Report, Rule

_PROVIDERS = (
    r"openai|anthropic|claude|gemini|google_?genai|vertex|mistral|cohere|groq|together|fireworks|hugging_?face|hf|"
    r"replicate|bedrock|deepseek|xai|perplexity|openrouter|voyage|azure_?ai|litellm|llm|ollama|langsmith|langfuse"
)
_ACCOUNT = re.compile(
    rf"(?i)(?:^|_)(?:{_PROVIDERS})(?:_|$).*(?:key|token|secret|org|organization|project)(?:_?id)?$"
    rf"|^(?:org|organization|project)_id$"
)
_PLACEHOLDER = re.compile(
    r"(?i)^(?:|x+|\.+|\*+|changeme|none|null|todo|test|dummy|fake|empty|sk-\.*|<.*>|\{.*|your[-_ ].*)$"
)
_SHORTEST = 8


def check(settings: Sequence[Entry], report: Report) -> None:
    """Report settings of other environments that name production's account, or hold the same value."""
    accounts = [setting for setting in settings if _ACCOUNT.search(setting.name)]
    holders = {(setting.span.path, setting.holder) for setting in accounts}
    production = {
        (s.name.upper(), s.value): s for s in accounts if s.environment == PRODUCTION and _is_real(s.value)
    }
    files = [s for s in settings if s.name == "env_file" and (s.span.path, s.holder) in holders]
    for setting in (*accounts, *files):
        if setting.environment == PRODUCTION:
            continue
        same = production.get((setting.name.upper(), setting.value)) if setting.value else None
        if environment_of(setting.reference) == PRODUCTION:
            _report(report, setting, f"takes `{setting.name}` from production's `{setting.reference}`", None)
        elif same is not None:
            shown = mask(setting.value)
            _report(report, setting, f"has the same `{setting.name}` as production (`{shown}`)", same)


def _is_real(value: str) -> bool:
    return len(value) >= _SHORTEST and _PLACEHOLDER.match(value) is None


def _report(report: Report, setting: Entry, what: str, same: Entry | None) -> None:
    trace = (TraceStep(same.span, "production's"), TraceStep(setting.span, "the same again")) if same else ()
    report(
        setting.span,
        f"{setting.environment} ({setting.holder}) {what}: what it spends and leaks is production's",
        hint=f"give {setting.environment} a project and a key of its own, with limits of its own",
        trace=trace,
        context=f"{setting.environment} {setting.name} {setting.reference}",
    )


RULE = Rule(
    code="PW106",
    name="shared-environment-key",
    summary="Staging or test settings that name the production key, organization or project",
    severity=Severity.WARNING,
    default=False,
    guide=("Set up the organization", "Staging accounts"),
    cwe=(1188,),
    check_environments=check,
)
