"""The HTTP API and its pages."""

from api.http.app import create_app

__all__ = ["create_app"]
