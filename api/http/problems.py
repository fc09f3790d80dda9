"""Errors as RFC 9457 problems under /api, and as pages elsewhere. One handler for every error."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.http.pages.rendering import render
from corpus.errors import LunkuError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "请求有误",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    413: "内容过大",
    415: "不支持的格式",
    422: "参数有误",
    429: "请求过于频繁",
    500: "服务出错",
    503: "暂时无法服务",
}

_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_DETAILS = {
    404: "没有这个地址，请检查路径",
    405: "这个地址不支持该操作",
}
_VALIDATION = {
    "missing": "缺少此项",
    "int_parsing": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "enum": "应为 {expected} 之一",
    "literal_error": "应为 {expected} 之一",
    "greater_than_equal": "不应小于 {ge}",
    "less_than_equal": "不应大于 {le}",
    "string_too_short": "不应少于 {min_length} 个字符",
    "string_too_long": "不应超过 {max_length} 个字符",
    "too_long": "不应多于 {max_length} 项",
    "too_short": "不应少于 {min_length} 项",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应为文字",
    "extra_forbidden": "没有这一项",
}


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """The one shape of an error. ``code`` is stable; ``detail`` is Chinese and says what to do."""
    title = TITLES.get(status, "请求有误" if status < 500 else "服务出错")
    return {
        "type": f"urn:lunku:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }


def problem_of(error: Exception) -> dict[str, Any]:
    """The problem that an exception stands for."""
    if isinstance(error, LunkuError):
        return problem(error.status, error.code, error.detail)
    if isinstance(error, RequestValidationError):
        errors = [_explain(item) for item in error.errors()]
        detail = "；".join(
            f"{item['field']}：{item['message']}" if item["field"] else item["message"] for item in errors
        )
        return problem(422, "invalid_input", f"请求参数有误。{detail}", errors=errors)
    if isinstance(error, HTTPException):
        if isinstance(error.__cause__, LunkuError):  # FastAPI takes what stopped the reading of a body for a bad body.
            return problem_of(error.__cause__)
        code = _CODES.get(error.status_code, HTTPStatus(error.status_code).name.lower())
        detail = _DETAILS.get(error.status_code, "请求无法处理，请检查内容与格式")
        return problem(error.status_code, code, detail)
    return problem(500, "internal", "服务出错，已记入日志。请稍后再试，或联系管理员")


def openai_error(found: dict[str, Any]) -> dict[str, Any]:
    """A problem in the shape that clients of OpenAI's interface read."""
    kind = "invalid_request_error" if found["status"] < 500 else "server_error"
    return {"error": {"message": found["detail"], "type": kind, "param": None, "code": found["code"]}}


def _explain(error: Any) -> dict[str, str]:
    location = [str(part) for part in error["loc"] if part not in {"query", "body", "path", "header", "form"}]
    message = _VALIDATION.get(error["type"], "取值有误")
    context = {name: _chinese(str(value)) for name, value in (error.get("ctx") or {}).items()}
    return {"field": ".".join(location), "message": message.format_map(_Missing(context))}


def _chinese(choices: str) -> str:
    """pydantic's list of choices as a Chinese one."""
    return choices.replace(" or ", ", ").replace(", ", "、").replace("'", "")


class _Missing(dict[str, str]):
    """Placeholders without a value stay empty."""

    def __missing__(self, key: str) -> str:
        return ""


def respond(request: Request, error: Exception) -> Response:
    """The response to an error, by who asked: programs get the problem, people a page that says the same."""
    found = problem_of(error)
    headers = getattr(error, "headers", None)
    if found["status"] >= 500 and not isinstance(error, LunkuError):
        logger.error("unhandled error on %s", request.url.path, exc_info=error)
    if request.url.path.startswith("/v1/"):
        return JSONResponse(openai_error(found), found["status"], headers=headers)
    if request.url.path.startswith("/api/"):
        return JSONResponse(found, found["status"], headers=headers, media_type=MEDIA_TYPE)
    return render(request, "error.html", {"problem": found}, status=found["status"])


def install(app: FastAPI) -> None:
    """Answer every error of the app with ``respond``."""
    for kind in (LunkuError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, respond)
