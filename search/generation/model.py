"""A language model behind any OpenAI-compatible endpoint: its text in pieces, or an error that says what went wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pydantic import SecretStr

from corpus.errors import InvalidSetting, ModelUnavailable
from corpus.settings import Settings

if TYPE_CHECKING:
    from haystack.dataclasses import ChatMessage, StreamingChunk

logger = logging.getLogger(__name__)

MOST_CHARACTERS = 8_000
"""Characters of a reply after which the model is taken not to stop."""

_REASONS = {
    "APITimeoutError": "大模型没有及时应答",
    "APIConnectionError": "连接不上大模型服务",
    "AuthenticationError": "大模型服务不接受密钥",
    "PermissionDeniedError": "大模型服务拒绝了请求",
    "NotFoundError": "大模型服务没有这个模型或地址",
    "RateLimitError": "大模型服务正忙或额度已用完",
    "InternalServerError": "大模型服务出错",
    "BadRequestError": "大模型服务不接受这个请求",
}
"""By the class of the client's error. Its message is neither shown nor logged: it may repeat the key or the prompt."""


@dataclass(frozen=True)
class LanguageModel:
    """A model and where it answers.

    Attributes:
        seconds: how long one reply may take as a whole.
    """

    base_url: str
    name: str
    api_key: SecretStr | None
    seconds: float

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The model that the settings name; None if they name none.

        Raises:
            InvalidSetting: an address without a model, or a model without an address.
        """
        if not settings.llm_base_url and not settings.llm_model:
            return None
        if not settings.llm_base_url or not settings.llm_model:
            raise InvalidSetting("LUNKU_LLM_BASE_URL 与 LUNKU_LLM_MODEL 须同时设置，或都不设置")
        return cls(settings.llm_base_url, settings.llm_model, settings.llm_api_key, settings.llm_timeout)

    def warm_up(self) -> None:
        """Import what a request needs, so that the first reader does not wait for it."""
        from importlib import import_module

        for name in ("haystack.components.generators.chat.openai", "openai"):
            import_module(name)

    async def stream(self, system: str, user: str) -> AsyncIterator[str]:
        """The reply to a prompt, piece by piece.

        Raises:
            ModelUnavailable: whatever keeps the reply from coming, or from coming to its end; the detail says which.
        """
        from haystack.dataclasses import ChatMessage

        await asyncio.to_thread(self.warm_up)
        messages = [ChatMessage.from_system(system), ChatMessage.from_user(user)]
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        task = asyncio.create_task(self._reply(messages, pieces))
        received = 0
        try:
            while (piece := await pieces.get()) is not None:
                received += len(piece)
                if received > MOST_CHARACTERS:
                    raise ModelUnavailable("大模型的回答过长，已停止接收")
                yield piece
            _check_ending(await task)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, ModelUnavailable):
                await task

    async def _reply(self, messages: "list[ChatMessage]", pieces: "asyncio.Queue[str | None]") -> "ChatMessage":
        """Run the request; whatever goes wrong with it is a ``ModelUnavailable``."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._request(messages, pieces)
        except TimeoutError:
            raise self._unavailable("APITimeoutError") from None
        except Exception as error:
            raise self._unavailable(type(error).__name__) from None
        finally:
            pieces.put_nowait(None)

    async def _request(self, messages: "list[ChatMessage]", pieces: "asyncio.Queue[str | None]") -> "ChatMessage":
        from haystack.components.generators.chat import OpenAIChatGenerator
        from haystack.utils import Secret
        from openai import BadRequestError

        async def receive(chunk: "StreamingChunk") -> None:
            pieces.put_nowait(chunk.content)

        # Clients are bound to their event loop, and building one is nothing against waiting for a reply.
        generator = OpenAIChatGenerator(
            api_key=Secret.from_token(self.api_key.get_secret_value() if self.api_key else "none"),
            model=self.name,
            api_base_url=self.base_url,
            timeout=self.seconds,
            max_retries=0,
        )
        try:
            options: dict[str, Any] = {"temperature": 0}
            try:
                found = await generator.run_async(messages, receive, options)
            except BadRequestError:  # Some models accept no temperature but their own.
                found = await generator.run_async(messages, receive)
            reply: ChatMessage = found["replies"][0]
            return reply
        finally:
            await generator.close_async()

    def _unavailable(self, kind: str) -> ModelUnavailable:
        logger.warning("language model %s failed: %s", self.name, kind)
        return ModelUnavailable(_REASONS.get(kind, "大模型的应答无法解读"))


def _check_ending(reply: "ChatMessage") -> None:
    ending = reply.meta.get("finish_reason")
    if ending == "length":
        raise ModelUnavailable("大模型的回答没有写完")
    if ending == "content_filter":
        raise ModelUnavailable("大模型服务拒绝回答")
    if ending != "stop":
        raise ModelUnavailable("大模型的应答中途断开")
