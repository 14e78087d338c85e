"""Streams of chat completions tell their usage only to those who ask: `asking` does."""

from __future__ import annotations

import json
from collections.abc import Mapping


def asking(path: str, value: object, body: bytes) -> tuple[bytes, bool]:
    """The body of a request so that its stream tells its usage, and whether the caller did not ask for that.

    Args:
        path: of its URL.
        value: its JSON.
        body: what is to be sent.
    """
    if not path.endswith("/completions") or not isinstance(value, Mapping) or not value.get("stream"):
        return body, False
    options = value.get("stream_options")
    given = options if isinstance(options, Mapping) else {}
    if given.get("include_usage"):
        return body, False
    data = json.loads(body)
    data["stream_options"] = {**given, "include_usage": True}
    return json.dumps(data, separators=(",", ":")).encode(), True
