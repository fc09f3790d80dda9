"""Who is asking, and what they may do."""

import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from api.http.state import LibraryDep
from corpus.catalogue import Catalogue
from corpus.errors import Forbidden, NotFound
from corpus.records import CURATORS, Document, Status
from corpus.settings import parse_groups


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, as far as access goes."""

    groups: frozenset[str]
    name: str = "未登录用户"
    """What corrections are signed with."""

    @property
    def curates(self) -> bool:
        """Whether the caller may change the library and see its trash and jobs."""
        return CURATORS in self.groups

    @property
    def sees_questions(self) -> bool:
        """Whether the caller may see what others asked."""
        return bool(self.groups & {CURATORS, "researchers"})

    def document(self, catalogue: Catalogue, document_id: str) -> Document:
        """A document that the caller may read. For everyone else, and for the trash, it does not exist: 404."""
        document = catalogue.document(document_id, self.groups)
        if document.status is Status.TRASHED and not self.curates:
            raise NotFound("没有这份文档，或您无权查看")
        return document


async def caller(request: Request, library: LibraryDep) -> Caller:
    """The caller of a request. There are no accounts yet: a request without credentials has the configured groups.

    The owner's token, which only processes of the same user can read, gives every group, or those that the header
    ``Lunku-Groups`` (percent-encoded, comma-separated) names. A wrong token is refused, not ignored.
    """
    credentials = request.headers.get("authorization")
    if credentials is None:
        return Caller(library.settings.anonymous)
    token = credentials.removeprefix("Bearer ")
    if not library.token or not secrets.compare_digest(token.encode(), library.token.encode()):
        raise Forbidden("令牌无效，请重新登录")
    named = request.headers.get("lunku-groups")
    groups = parse_groups(unquote(named)) if named is not None else await run_in_threadpool(library.owner_groups)
    return Caller(groups, "数据目录所有者")


CallerDep = Annotated[Caller, Depends(caller)]


async def curator(caller: CallerDep) -> Caller:
    """A caller that may change the library."""
    if not caller.curates:
        raise Forbidden("只有资料管理员可以这样做")
    return caller


CuratorDep = Annotated[Caller, Depends(curator)]
