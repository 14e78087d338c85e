from __future__ import annotations

import pytest
from redact.support import redactor

from prodworthy_redact import RedactError
from prodworthy_redact.current import conversation

pytest.importorskip("llama_index.core", reason="llama-index-core is not installed")
from llama_index.core import MockEmbedding, VectorStoreIndex
from llama_index.core.base.llms.types import CompletionResponse
from llama_index.core.llms import MockLLM
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import Field

from prodworthy_redact.integrations.llama_index import RedactionPostprocessor

NODE = TextNode(text="Maria Gonzalez pays.", metadata={"mail": "maria@example.com", "page": 4})


class Listening(MockLLM):
    """Says what it was asked, and remembers it."""

    heard: list[str] = Field(default_factory=list)

    def complete(self, prompt: str, formatted: bool = False, **_: object) -> CompletionResponse:
        self.heard.append(prompt)
        return CompletionResponse(text=f"It was <PERSON_1>. {formatted}")


def test_nodes_are_redacted_in_copies() -> None:
    tool = redactor()
    with tool.session("s") as session, conversation(session):
        (scored,) = RedactionPostprocessor(tool).postprocess_nodes([NodeWithScore(node=NODE, score=0.5)])
        assert scored.node.get_content() == "<PERSON_1> pays."
        assert scored.node.metadata == {"mail": "<EMAIL_ADDRESS_1>", "page": 4}
        assert scored.score == 0.5
        assert session.restore(scored.node.get_content()) == NODE.text
    assert NODE.metadata["mail"] == "maria@example.com"


def test_a_query_engine_sends_placeholders() -> None:
    tool = redactor()
    model = Listening(max_tokens=None)
    index = VectorStoreIndex([NODE], embed_model=MockEmbedding(embed_dim=3))
    engine = index.as_query_engine(llm=model, node_postprocessors=[RedactionPostprocessor(tool)])
    with tool.session("s") as session, conversation(session):
        answer = session.restore(str(engine.query(session.redact("What does Bob O'Neil owe?"))))
    assert answer.startswith("It was Bob O'Neil.")
    told = "".join(model.heard)
    assert "<PERSON_2> pays" in told
    assert "Maria" not in told
    assert "maria@example.com" not in told


def test_a_session_by_name_or_none_at_all() -> None:
    tool = redactor()
    nodes = [NodeWithScore(node=NODE)]
    RedactionPostprocessor(tool, "named").postprocess_nodes(nodes)
    assert tool.session("named").restore("<PERSON_1>") == "Maria Gonzalez"
    with pytest.raises(RedactError, match="no session"):
        RedactionPostprocessor(tool).postprocess_nodes(nodes)
