"""Whether a project has anything for a check to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from prodworthy.call import LlmCall
from prodworthy.readiness.calls import DOCUMENTS, USER
from prodworthy.rule import Rule

_SINGLE = frozenset({"embeddings", "completion"})

NEEDS: dict[str, Callable[[LlmCall], bool]] = {
    "generates": lambda call: call.generates,
    "caps": lambda call: call.output_cap.status == "set" and call.output_cap.value is not None,
    "retries": lambda call: call.retry.status in ("decorator", "loop"),
    "blocks": lambda call: call.asynchronous is False,
    "takes-user-text": lambda call: any(origin.kind in USER for origin in call.origins()),
    "takes-documents": lambda call: any(origin.kind in DOCUMENTS for origin in call.origins()),
    "identifies": lambda call: any(call.setting(r).status != "unset" for r in ("end_user", "metadata")),
    "names-model": lambda call: call.model.value is not None,
    "embeds": lambda call: call.api in _SINGLE,
}
"""What a call can have, by the names that ``applicability.toml`` uses."""


class Applicability:
    """What there is for checks to look at in a project.

    Args:
        calls: its calls outside of tests.
        files: how many files were read.
        needs: what rules need, by their codes.
    """

    def __init__(self, calls: Sequence[LlmCall], files: int, needs: Mapping[str, str]) -> None:
        self._calls = calls
        self._files = files
        self._needs = needs

    def __call__(self, rule: Rule) -> bool:
        """Whether there is anything for ``rule``."""
        if rule.check_text is not None or rule.check_environments is not None:
            return self._files > 0
        if need := self._needs.get(rule.code):
            return any(NEEDS[need](call) for call in self._calls)
        if rule.check_module is not None and rule.needs:
            return self._files > 0
        return bool(self._calls)
