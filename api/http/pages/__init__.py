"""Server-rendered pages: search, answers, reading, and uploads. They work without scripts."""

from api.http.pages.routes import router

__all__ = ["router"]
