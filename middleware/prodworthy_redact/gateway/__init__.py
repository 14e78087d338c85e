"""The gateway: a redacting proxy for the APIs of OpenAI and Anthropic, for applications in any language.

Needs the extra ``gateway``. `serve` runs it, `application` is the ASGI application.
"""
