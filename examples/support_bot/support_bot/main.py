"""The application: `uvicorn support_bot.main:app`."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from support_bot.config import get_settings
from support_bot.llm import Assistant
from support_bot.retrieval import ArticleIndex
from support_bot.routes import agents, chat


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the articles before the first request."""
    settings = get_settings()
    app.state.assistant = Assistant(settings)
    app.state.index = ArticleIndex(settings)
    with sqlite3.connect(settings.database) as database:
        app.state.index.load(database)
    yield


app = FastAPI(title="Fernweh support", lifespan=lifespan)
app.include_router(chat.router)
app.include_router(agents.router)
