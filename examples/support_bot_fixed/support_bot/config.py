"""Settings, read once at start-up from the environment."""

from functools import lru_cache

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What differs between a laptop, staging and production. The keys have no default on purpose."""

    model_config = SettingsConfigDict(env_prefix="SUPPORT_")

    openai_key: SecretStr
    cohere_key: SecretStr
    chat_model: str = "gpt-6-luna"
    embedding_model: str = "text-embedding-3-small"
    summary_model: str = "claude-sonnet-5-5"
    database: str = "support.db"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
