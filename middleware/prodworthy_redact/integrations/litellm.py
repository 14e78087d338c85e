"""LiteLLM: a guardrail for the proxy and for `litellm.acompletion`.

# config.yaml of the proxy
guardrails:
  - guardrail_name: prodworthy
    litellm_params:
      guardrail: prodworthy_redact.integrations.litellm.RedactionGuardrail
      mode: [pre_call, post_call]
      default_on: true
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from typing import TYPE_CHECKING, Any

from litellm.integrations.custom_guardrail import CustomGuardrail, get_session_id_from_request_data
from litellm.types.guardrails import GuardrailEventHooks

from prodworthy_redact.errors import RedactError
from prodworthy_redact.integrations.objects import Pieces, restored
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.usage.keys import digest_of_key

if TYPE_CHECKING:
    from prodworthy_redact.session import Session

NAME = "prodworthy"
_MARK = "prodworthy_session"
_OWN = frozenset({"metadata", "model", "guardrails", "api_key", "api_base", "secret_fields", "user_config"})
_OWN_PREFIXES = ("litellm", "proxy_server", "user_api_key", "_")


class RedactionGuardrail(CustomGuardrail):
    """Redacts requests before LiteLLM sends them anywhere, and restores the answers, streams included.

    The session is LiteLLM's own session id, for each API key by itself; without one, the request.

    Args:
        redactor: redacts and restores; by default one with the policy of the nearest configuration.
        **options: LiteLLM's own.
    """

    def __init__(self, redactor: Redactor | None = None, **options: Any) -> None:
        options.setdefault("guardrail_name", NAME)
        options.setdefault("event_hook", [GuardrailEventHooks.pre_call, GuardrailEventHooks.post_call])
        super().__init__(**options)
        self._redactor = redactor or Redactor()
        self._open: dict[str, Session] = {}  # of requests that are forgotten once answered

    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,
        cache: Any,  # noqa: ARG002
        data: dict[str, Any],
        call_type: Any,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Redact ``data``, which LiteLLM sends on; LiteLLM's own fields stay."""
        if self.should_run_guardrail(data=data, event_type=GuardrailEventHooks.pre_call) is not True:
            return data
        asked = {name: value for name, value in data.items() if _is_asked(name, value)}
        session = self._begin(data, str(getattr(user_api_key_dict, "api_key", "") or ""))
        try:
            data.update(session.redact(asked))
        except BaseException:
            self._end(data)
            raise
        return data

    async def async_pre_call_deployment_hook(
        self, kwargs: dict[str, Any], call_type: Any
    ) -> dict[str, Any] | None:
        """The same without a proxy, where LiteLLM shows a callback no piece of a stream."""
        asks = kwargs.get("guardrails")
        if isinstance(asks, list) and self.guardrail_name in asks and kwargs.get("stream"):
            if _MARK not in (kwargs.get("metadata") or {}):
                raise RedactError(
                    "LiteLLM shows no stream to callbacks: use `prodworthy_redact.protect` for it"
                )
            return kwargs
        return await super().async_pre_call_deployment_hook(kwargs, call_type)

    async def async_post_call_success_hook(
        self,
        data: dict[str, Any],
        user_api_key_dict: Any,  # noqa: ARG002
        response: Any,
    ) -> Any:
        """Restore an answer."""
        session = self._known(data)
        if session is None:
            return response
        try:
            return restored(session, response)
        finally:
            self._end(data)

    async def async_post_call_streaming_iterator_hook(
        self,
        user_api_key_dict: Any,  # noqa: ARG002
        response: AsyncIterable[Any],
        request_data: dict[str, Any],
    ) -> AsyncGenerator[Any, None]:
        """Restore an answer that arrives in pieces."""
        session = self._known(request_data)
        if session is None:
            async for chunk in response:
                yield chunk
            return
        pieces = Pieces(session)
        try:
            async for chunk in response:
                for piece in pieces.feed(chunk):
                    yield piece
            for piece in pieces.finish():
                yield piece
        finally:
            self._end(request_data)

    def _begin(self, data: dict[str, Any], key: str) -> Session:
        metadata = data.setdefault("metadata", None) or {}
        data["metadata"] = metadata
        told = get_session_id_from_request_data(data)
        name = f"litellm:{digest_of_key(key)}:{told}" if told else secrets.token_hex(16)
        session = self._redactor.session(name)
        metadata[_MARK] = name
        if told is None:
            self._open[name] = session
        return session

    def _known(self, data: Mapping[str, Any]) -> Session | None:
        name = (data.get("metadata") or {}).get(_MARK)
        return self._redactor.session(name) if isinstance(name, str) else None

    def _end(self, data: Mapping[str, Any]) -> None:
        session = self._open.pop((data.get("metadata") or {}).get(_MARK, ""), None)
        if session is not None:
            session.forget()


def _is_asked(name: str, value: object) -> bool:
    """Whether this is of the caller's request, and no object or note of LiteLLM's own."""
    return (
        name not in _OWN
        and not name.startswith(_OWN_PREFIXES)
        and isinstance(value, str | dict | list | tuple)
    )
