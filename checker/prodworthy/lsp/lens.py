"""The line above an LLM call: what reaches which provider, under which limits."""

from __future__ import annotations

from prodworthy.call import LlmCall, Setting


def title(call: LlmCall) -> str:
    """SDK, method, model, output cap, retry and timeout, as ``prodworthy inventory`` words them."""
    parts = [f"{call.sdk} {call.method}"]
    if call.model.value is not None:
        parts.append(str(call.model.value))
    if call.output_cap.status != "not-applicable":
        parts.append(_words("cap", call.output_cap))
    parts += [_words("retry", call.retry), _words("timeout", call.timeout, " s")]
    return " · ".join(part for part in parts if part)


def _words(name: str, setting: Setting, unit: str = "") -> str:
    if setting.status == "not-applicable":
        return ""
    value = setting.value
    if value is None or value == -1:  # an SDK that is known to wait for ever
        return f"{name} {setting.status}"
    return f"{name} {value}{unit}" + (
        f" ({setting.status})" if setting.status not in ("set", "explicit") else ""
    )
