"""What findings say, without what code may have put into it: names, values and addresses can hold a key."""

from __future__ import annotations

import re

from prodworthy.finding import mask

_MAY_BE_KEY = re.compile(r"(?=[a-z_+/=-]*[A-Z0-9])[\w+/=-]{16,}")
_PASSWORD = re.compile(r"(?<=://)[^/\s@`'\"]*(?=@)")
_IN_QUERY = re.compile(
    r"(?i)(?<=[?&])(?P<name>[\w-]*(?:key|token|secret|password|passwd|signature|sig|code))=(?P<value>[^&#\s`'\"]+)"
)


def discreet(text: str) -> str:
    """``text`` with its credentials masked: those of a provider's form, and what an address holds."""
    if "://" in text:
        text = _PASSWORD.sub("...", text)
        text = _IN_QUERY.sub(lambda found: f"{found['name']}={mask(found['value'])}", text)
    if _MAY_BE_KEY.search(text) is None:
        return text
    from prodworthy_redact import credentials

    for found in reversed(list(credentials.find(text))):
        text = text[: found.start] + mask(found.text) + text[found.end :]
    return text
