"""What became of the API of `openai` before 1.0, as its migration guide tells."""

from __future__ import annotations

from prodworthy.finding import Span
from prodworthy.fix.remedy import MigrateCalls

DOCS = "https://github.com/openai/openai-python/discussions/742"

_CALLS = {
    "ChatCompletion.create": "chat.completions.create",
    "Completion.create": "completions.create",
    "Embedding.create": "embeddings.create",
    "Image.create": "images.generate",
    "Image.create_edit": "images.edit",
    "Image.create_variation": "images.create_variation",
    "Audio.transcribe": "audio.transcriptions.create",
    "Audio.translate": "audio.translations.create",
    "Moderation.create": "moderations.create",
}
_NAMES = {
    "error.OpenAIError": "OpenAIError",
    "error.APIError": "APIError",
    "error.APIConnectionError": "APIConnectionError",
    "error.AuthenticationError": "AuthenticationError",
    "error.RateLimitError": "RateLimitError",
    "error.InvalidRequestError": "BadRequestError",
    "error.PermissionError": "PermissionDeniedError",
    "error.ServiceUnavailableError": "InternalServerError",
    "error.Timeout": "APITimeoutError",
    "api_base": "base_url",
}
_PARAMETERS = {"request_timeout": "timeout", "headers": "extra_headers", "engine": "model"}
_POSITIONAL = {"Audio.transcribe": ("model", "file"), "Audio.translate": ("model", "file")}
_REMOVED = (
    *(
        "api_key",
        "api_base",
        "api_type",
        "api_version",
        "organization",
        "deployment_id",
        "request_id",
        "timeout",
    ),
    *("ChatCompletion", "Completion", "Embedding", "Image", "Audio", "Moderation", "error"),
)
_LEAVES = (
    *("content", "text", "embedding", "url", "b64_json", "role", "finish_reason", "id", "model", "created"),
    *("total_tokens", "prompt_tokens", "completion_tokens", "flagged", "arguments", "name"),
)
_OF_ERRORS = ("http_status", "json_body", "http_body", "user_message", "api_type", "azure")


def migration(call: Span) -> MigrateCalls:
    """The move of the file with the call at ``call``."""
    return MigrateCalls(
        call,
        "openai",
        _CALLS,
        _NAMES,
        frozenset(("api_base",)),
        frozenset(("api_key", "organization")),
        _PARAMETERS,
        _POSITIONAL,
        frozenset(_REMOVED),
        frozenset(_LEAVES),
        _OF_ERRORS,
    )
