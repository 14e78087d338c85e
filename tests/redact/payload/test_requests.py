"""Requests of every provider: texts are redacted wherever they stand, and what holds a request together stays."""

from __future__ import annotations

import base64
import copy
import json

import pytest
from redact.support import redactor

MARIA, MAIL = "Maria Gonzalez", "maria@example.com"
PAGE = base64.b64encode(f"Dear {MARIA}".encode()).decode()
IMAGE = base64.b64encode(bytes(range(256))).decode()
SCHEMA = {
    "type": "object",
    "title": f"For {MARIA}",
    "properties": {"email": {"type": "string", "description": f"as {MAIL}", "enum": [MAIL], "default": MAIL}},
    "required": ["email"],
}
ARGUMENTS = json.dumps({"to": MAIL, "phone": 4155550123, "note": f"call\n{MARIA}", "n": 3})

REQUESTS: dict[str, object] = {
    "openai chat": {
        "model": "gpt-5",
        "messages": [
            {"role": "system", "content": f"You serve {MARIA}"},
            {
                "role": "user",
                "name": "Maria",
                "content": [
                    {"type": "text", "text": MAIL},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"https://example.com/?mail={MAIL}", "detail": "low"},
                    },
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{IMAGE}"}},
                    {
                        "type": "file",
                        "file": {"filename": f"{MARIA}.txt", "file_data": f"data:text/plain;base64,{PAGE}"},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_Maria",
                        "type": "function",
                        "function": {"name": "send_Maria", "arguments": ARGUMENTS},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_Maria", "content": json.dumps({"sent": MAIL})},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "send_Maria",
                    "description": f"mails {MARIA}",
                    "strict": True,
                    "parameters": SCHEMA,
                },
            }
        ],
        "tool_choice": {"type": "function", "function": {"name": "send_Maria"}},
        "metadata": {"customer": MAIL},
        "user": MAIL,
        "safety_identifier": MAIL,
        "max_completion_tokens": 4155550,
        "stop": [MARIA],
        "prediction": {"type": "content", "content": MARIA},
    },
    "openai responses": {
        "model": "gpt-5",
        "instructions": f"Serve {MARIA}",
        "previous_response_id": "resp_Maria",
        "input": [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": MAIL}]},
            {
                "type": "function_call",
                "id": "fc_Maria",
                "call_id": "call_Maria",
                "name": "send_Maria",
                "arguments": ARGUMENTS,
            },
            {"type": "function_call_output", "call_id": "call_Maria", "output": f"sent to {MARIA}"},
        ],
        "tools": [{"type": "function", "name": "send_Maria", "description": MARIA, "parameters": SCHEMA}],
        "text": {"format": {"type": "json_schema", "name": "reply_Maria", "schema": SCHEMA}},
        "prompt": {"id": "pmpt_Maria", "variables": {"who": MARIA}},
    },
    "anthropic": {
        "model": "claude",
        "max_tokens": 1024,
        "system": [{"type": "text", "text": MARIA, "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "document",
                        "title": MARIA,
                        "source": {"type": "text", "media_type": "text/plain", "data": MAIL},
                    },
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": IMAGE}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {
                        "type": "tool_use",
                        "id": "toolu_Maria",
                        "name": "send_Maria",
                        "input": {"to": MAIL, "cc": {MAIL: MARIA}},
                    }
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_Maria",
                        "content": [{"type": "text", "text": MAIL}],
                    }
                ],
            },
        ],
        "tools": [{"name": "send_Maria", "description": MARIA, "input_schema": SCHEMA}],
        "metadata": {"user_id": MAIL},
    },
    "gemini": {
        "systemInstruction": {"parts": [{"text": MARIA}]},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": MAIL},
                    {"inlineData": {"mimeType": "text/plain", "data": PAGE}},
                    {"inlineData": {"mimeType": "image/png", "data": IMAGE}},
                ],
            },
            {"role": "model", "parts": [{"functionCall": {"name": "send_Maria", "args": {"to": MAIL}}}]},
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "send_Maria", "response": {"sent": MARIA}}}],
            },
        ],
        "tools": [
            {"functionDeclarations": [{"name": "send_Maria", "description": MARIA, "parameters": SCHEMA}]}
        ],
        "generationConfig": {"responseMimeType": "application/json", "responseSchema": SCHEMA},
    },
    "cohere": {
        "model": "command-a",
        "message": MARIA,
        "preamble": MAIL,
        "chat_history": [{"role": "USER", "message": MAIL}],
        "messages": [
            {
                "role": "assistant",
                "tool_plan": MARIA,
                "tool_calls": [
                    {
                        "id": "c_Maria",
                        "type": "function",
                        "function": {"name": "send_Maria", "arguments": ARGUMENTS},
                    }
                ],
            }
        ],
        "documents": [{"id": MAIL, "data": {"title": MARIA, "phone": "415-555-0123"}}],
        "tools": [
            {
                "name": "send_Maria",
                "description": MARIA,
                "parameter_definitions": {"to": {"description": MAIL, "type": "str", "required": True}},
            }
        ],
    },
    "mistral": {
        "model": "mistral-large",
        "safe_prompt": True,
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": MAIL}]},
            {"role": "tool", "name": "send_Maria", "tool_call_id": "x_Maria", "content": MARIA},
        ],
    },
    "bedrock converse": {
        "modelId": "arn:Maria",
        "system": [{"text": MARIA}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"text": MAIL},
                    {
                        "document": {
                            "name": "Maria Gonzalez",
                            "format": "txt",
                            "source": {"bytes": f"of {MARIA}".encode()},
                        }
                    },
                    {"image": {"format": "png", "source": {"bytes": bytes(range(256))}}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"toolUse": {"toolUseId": "t_Maria", "name": "send_Maria", "input": {"to": MAIL}}}
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "toolResult": {
                            "toolUseId": "t_Maria",
                            "status": "success",
                            "content": [{"json": {"sent": MAIL}}, {"text": MARIA}],
                        }
                    }
                ],
            },
        ],
        "toolConfig": {
            "tools": [
                {"toolSpec": {"name": "send_Maria", "description": MARIA, "inputSchema": {"json": SCHEMA}}}
            ]
        },
        "requestMetadata": {"customer": MARIA},
        "additionalModelRequestFields": {"note": MAIL},
    },
    "bedrock invoke_model": {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 9,
        "prompt": f"Human: {MARIA}",
    },
    "titan": {"inputText": MARIA, "textGenerationConfig": {"stopSequences": [MAIL]}},
    "a batch": [
        {
            "custom_id": "r_Maria",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": "m", "messages": [{"role": "user", "content": MARIA}]},
        }
    ],
    "embeddings": {"model": "m", "input": [MARIA, MAIL]},
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("as_text", [False, True])
def test_texts_are_redacted_and_structure_stays(name: str, as_text: bool) -> None:
    request = copy.deepcopy(REQUESTS[name])
    if as_text and "bedrock converse" in name:
        pytest.skip("bytes are no JSON")
    session = redactor().session()
    if as_text:
        text = json.dumps(request)
        told = session.redact(text)
        assert session.restore(told) == text
        assert session.redact(told) == told
        safe = json.loads(told)
    else:
        safe = session.redact(request)
        assert request == REQUESTS[name]
        assert session.restore(safe) == request
        assert session.redact(safe) == safe
    flat = _strings(safe)
    left = [s for s in flat if MARIA in s or MAIL in s or "415-555-0123" in s or "4155550123" in s]
    assert left == []
    structure = [s for s in _strings(request) if s.endswith(("_Maria", ":Maria"))]
    assert [s for s in flat if s.endswith(("_Maria", ":Maria"))] == structure
    if not as_text:
        assert PAGE not in flat
        assert all(not isinstance(data, bytes) or b"Gonzalez" not in data for data in _bytes(safe))
    assert (IMAGE in flat) == (IMAGE in _strings(request))


def test_tool_arguments_stay_json_and_numbers_come_back_as_numbers() -> None:
    session = redactor().session()
    safe = session.redact(REQUESTS["openai chat"])
    assert isinstance(safe, dict)
    arguments = safe["messages"][2]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == {
        "to": "<EMAIL_ADDRESS_1>",
        "phone": "<PHONE_NUMBER_1>",
        "note": "call\n<PERSON_1>",
        "n": 3,
    }
    assert session.restore('{"phone": "<PHONE_NUMBER_1>", "who": "<PERSON_1>"}') == (
        '{"phone": 4155550123, "who": "Maria Gonzalez"}'
    )
    answer: dict[str, object] = {"phone": "<PHONE_NUMBER_1>"}
    assert session.restore(answer) == {"phone": 4155550123}


def test_schemas_keep_their_keywords_and_names() -> None:
    safe = redactor().session().redact({"messages": [], "tools": [{"name": "send", "input_schema": SCHEMA}]})
    assert safe["tools"][0]["input_schema"] == {
        "type": "object",
        "title": "For <PERSON_1>",
        "properties": {
            "email": {
                "type": "string",
                "description": "as <EMAIL_ADDRESS_1>",
                "enum": ["<EMAIL_ADDRESS_1>"],
                "default": "<EMAIL_ADDRESS_1>",
            }
        },
        "required": ["email"],
    }


def test_a_participant_gets_a_name_that_providers_accept() -> None:
    safe = redactor().session().redact({"messages": [{"role": "user", "name": "Maria", "content": "hi"}]})
    assert safe["messages"][0]["name"] == "PERSON_1"


def test_json_that_is_no_request_is_all_data() -> None:
    session = redactor().session()
    value = {
        "id": MAIL,
        "type": MARIA,
        "rows": [[MARIA, 4155550123]],
        MAIL: {"4155550123": 1},
        "created": 4155550123,
    }
    safe = session.redact(value)
    assert safe == {
        "id": "<EMAIL_ADDRESS_1>",
        "type": "<PERSON_1>",
        "rows": [["<PERSON_1>", "<PHONE_NUMBER_1>"]],
        "<EMAIL_ADDRESS_1>": {"<PHONE_NUMBER_1_B>": 1},
        "created": 4155550123,
    }
    assert session.restore(safe) == value


def test_urls_with_escapes_are_read() -> None:
    session = redactor().session()
    url = "https://example.com/?q=Maria%20Gonzalez&mail=maria%40example.com"
    safe = session.redact(url)
    assert safe == "https://example.com/?q=<PERSON_1>&mail=<EMAIL_ADDRESS_1>"
    assert session.restore(safe) == url
    assert session.redact(MAIL) == "<EMAIL_ADDRESS_1_B>"


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for pair in value.items() for item in pair for s in _strings(item)]
    return [s for item in value for s in _strings(item)] if isinstance(value, list) else []


def _bytes(value: object) -> list[bytes]:
    if isinstance(value, bytes):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [data for item in items for data in _bytes(item)]
