"""Finds the help articles that a question is about."""

import sqlite3
from math import sqrt

import requests
from openai import OpenAI
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from support_bot.config import Settings

RERANK_URL = "https://api.cohere.com/v2/rerank"

RETRY = Retry(total=3, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503), allowed_methods=["POST"])


class ArticleIndex:
    """Embeddings of all help articles, held in memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = OpenAI(api_key=settings.openai_key.get_secret_value(), timeout=10)
        self._http = requests.Session()
        self._http.mount("https://", HTTPAdapter(max_retries=RETRY))
        self._vectors: list[list[float]] = []
        self._articles: list[str] = []

    def load(self, database: sqlite3.Connection) -> None:
        """Read and embed every published article."""
        self._articles = [body for (body,) in database.execute("SELECT body FROM articles WHERE published")]
        if self._articles:
            self._vectors = self._embed(self._articles)

    def search(self, question: str, limit: int = 4) -> list[str]:
        """The articles closest to ``question``, the best first."""
        if not self._articles:
            return []
        [vector] = self._embed([question])
        ranked = sorted(range(len(self._articles)), key=lambda i: -_cosine(vector, self._vectors[i]))
        return self._rerank(question, [self._articles[i] for i in ranked[: 5 * limit]])[:limit]

    def _embed(self, texts: list[str]) -> list[list[float]]:
        answer = self._client.embeddings.create(model=self._settings.embedding_model, input=texts)
        return [item.embedding for item in answer.data]

    def _rerank(self, question: str, articles: list[str]) -> list[str]:
        response = self._http.post(
            RERANK_URL,
            headers={"Authorization": f"Bearer {self._settings.cohere_key.get_secret_value()}"},
            json={"model": "rerank-v3.5", "query": question, "documents": articles},
            timeout=10,
        )
        response.raise_for_status()
        return [articles[result["index"]] for result in response.json()["results"]]


def _cosine(left: list[float], right: list[float]) -> float:
    dot = sum(a * b for a, b in zip(left, right, strict=True))
    return dot / (sqrt(sum(a * a for a in left)) * sqrt(sum(b * b for b in right)) or 1.0)
