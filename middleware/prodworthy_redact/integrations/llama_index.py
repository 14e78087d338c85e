"""LlamaIndex: retrieved nodes are redacted before they reach a prompt.

engine = index.as_query_engine(node_postprocessors=[RedactionPostprocessor(redactor)])
with redactor.session("conversation-42") as session, conversation(session):
    answer = session.restore(str(engine.query(session.redact(question))))
"""

from __future__ import annotations

from typing import Any

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from prodworthy_redact.current import current_session
from prodworthy_redact.errors import RedactError
from prodworthy_redact.redactor import Redactor
from prodworthy_redact.session import Session


class RedactionPostprocessor(BaseNodePostprocessor):
    """Redacts text and metadata of nodes, in copies; the index keeps what it has.

    Args:
        redactor: redacts.
        session: name of the session; by default, the current conversation (`conversation`).

    Raises:
        RedactError: there is no session, so that nobody could restore the answer.
    """

    _redactor: Redactor = PrivateAttr()
    _session_name: str | None = PrivateAttr()

    def __init__(self, redactor: Redactor, session: str | None = None, **values: Any) -> None:
        super().__init__(**values)
        self._redactor = redactor
        self._session_name = session

    @classmethod
    def class_name(cls) -> str:
        """As components are called in LlamaIndex."""
        return "ProdworthyRedactionPostprocessor"

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002
    ) -> list[NodeWithScore]:
        session = self._session()
        return [self._redacted(session, node) for node in nodes]

    def _session(self) -> Session:
        session = current_session()
        if self._session_name is not None:
            return self._redactor.session(self._session_name)
        if session is None:
            raise RedactError(
                "no session: give RedactionPostprocessor one by its name, or query inside of `conversation`"
            )
        return session

    def _redacted(self, session: Session, scored: NodeWithScore) -> NodeWithScore:
        node = scored.node.model_copy(deep=True)
        node.set_content(session.redact(node.get_content(MetadataMode.NONE)))
        node.metadata = session.redact({"documents": [node.metadata]})["documents"][0]
        return NodeWithScore(node=node, score=scored.score)
