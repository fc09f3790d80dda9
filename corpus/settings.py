"""Settings: environment variables with the prefix ``LUNKU_``. Built once per entry point, never at import."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.errors import InvalidSetting
from corpus.records import PUBLIC

DEMO_GROUPS = "public,instructors,researchers,lecturers,curators"


class Settings(BaseSettings):
    """Everything that can be configured, with its default."""

    model_config = SettingsConfigDict(env_prefix="LUNKU_", extra="ignore")

    data_dir: Path = Field(Path("data"), description="目录：目录库、原件与索引都在其中")
    database_url: str | None = Field(None, description="目录库地址；缺省为数据目录中的 SQLite")
    qdrant_url: str | None = Field(None, description="Qdrant 服务地址；缺省在进程内运行")
    qdrant_api_key: str | None = Field(None, description="Qdrant 服务的密钥")
    embedding_model: str | None = Field(None, description="sentence-transformers 模型名或路径；缺省用自带模型")
    embedding_revision: str | None = Field(None, description="模型的版本（提交号或标签），固定后不会随上游改变")
    embedding_backend: Literal["torch", "onnx"] = Field("torch", description="运行模型的方式；onnx 须另装 optimum")
    embedding_query_prefix: str | None = Field(None, description="检索词之前要加的文字；缺省按模型自己的规定")
    embedding_passage_prefix: str | None = Field(None, description="段落之前要加的文字；缺省按模型自己的规定")
    reranker_model: str | None = Field(None, description="重排模型；缺省不重排")
    llm_base_url: str | None = Field(None, description="兼容 OpenAI 接口的大模型地址；缺省不用大模型")
    llm_model: str | None = Field(None, description="大模型名")
    llm_api_key: SecretStr | None = Field(None, description="大模型密钥")
    llm_timeout: float = Field(60.0, gt=0, description="等待大模型写完一次回答的最长秒数")
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(8000, ge=1, le=65535, description="监听端口")
    search_processes: int | None = Field(
        None, ge=0, le=64, description="服务用于检索的进程数；缺省比处理器核数多一个，0 为不另开进程"
    )
    anonymous_groups: str = Field(PUBLIC, description="未登录请求所属的组，用逗号分隔")

    @property
    def catalogue_url(self) -> str:
        """SQLAlchemy URL of the catalogue."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'catalogue.sqlite3'}"

    @property
    def originals_dir(self) -> Path:
        """Content-addressed originals."""
        return self.data_dir / "originals"

    @property
    def index_dir(self) -> Path:
        """The embedded engine's files."""
        return self.data_dir / "index"

    @property
    def adapted_model_dir(self) -> Path:
        """The embedding model that ``lunku adapt`` made; there is none before."""
        return self.data_dir / "adapted-model"

    @property
    def anonymous(self) -> frozenset[str]:
        """Groups of a request without credentials."""
        return parse_groups(self.anonymous_groups)


def parse_groups(text: str) -> frozenset[str]:
    """Groups of a reader, from a comma-separated list (Chinese commas too); everyone has ``public``."""
    return parse_readers(text) | {PUBLIC}


def parse_readers(text: str) -> frozenset[str]:
    """Groups that may read a document, from a comma-separated list: those named and no others."""
    return frozenset({name.strip() for name in text.replace("，", ",").split(",")} - {""})


def unknown_variables() -> list[str]:
    """``LUNKU_*`` variables that no setting has, sorted: pydantic-settings ignores misspelt ones."""
    known = {f"LUNKU_{name.upper()}" for name in Settings.model_fields} | {"LUNKU_EVAL_DATA"}
    return sorted(name for name in os.environ if name.startswith("LUNKU_") and name not in known)


def load_settings(data_dir: Path | None = None) -> Settings:
    """Settings from the environment; ``data_dir`` given on the command line wins.

    Raises:
        InvalidSetting: a value cannot be used.
    """
    try:
        settings = Settings()
    except ValueError as error:
        raise InvalidSetting(f"设置有误：{error}") from error
    return settings.model_copy(update={"data_dir": data_dir}) if data_dir else settings
