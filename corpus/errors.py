"""Every error Lunku raises on purpose, in one tree.

LunkuError
├── InputError            the caller's request cannot be carried out as given
│   ├── InvalidQuery
│   ├── InvalidField
│   ├── InvalidSetting
│   ├── Forbidden
│   ├── TooLarge
│   ├── TooManyRequests
│   └── NotFound
├── UnreadableFile        a file that does not end as a version; ``outcome`` names how
│   ├── UnsupportedFile
│   ├── EncryptedFile
│   ├── NeedsOcr
│   ├── SkippedFile
│   └── DamagedFile
├── StorageError          the data directory, catalogue or engine cannot be used
│   ├── CatalogueUnavailable
│   ├── EngineUnavailable
│   ├── EngineLocked
│   └── IndexMismatch
└── ModelUnavailable      a configured model cannot be loaded

Each class has a stable ``code`` for programs; the message is Chinese and says what to do.
Errors of other libraries are mapped to these where they enter our code.
"""

from typing import ClassVar


class LunkuError(Exception):
    """Root of the tree.

    Attributes:
        code: stable identifier, part of the HTTP and CLI contract.
        status: HTTP status that the api layer answers with.
        detail: Chinese sentence for the user: what happened and what to do.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InputError(LunkuError):
    """The request cannot be carried out as given."""

    code = "invalid_input"
    status = 422


class InvalidQuery(InputError):
    """A search or question that cannot be understood."""

    code = "invalid_query"


class InvalidField(InputError):
    """A metadata field that does not exist, or a value that is none of its type."""

    code = "invalid_field"


class InvalidSetting(InputError):
    """A setting or option with a value that cannot be used."""

    code = "invalid_setting"


class Forbidden(InputError):
    """The caller's groups do not allow this operation."""

    code = "forbidden"
    status = 403


class TooLarge(InputError):
    """A request body beyond its limit."""

    code = "too_large"
    status = 413


class TooManyRequests(InputError):
    """More than one client, or all together, may leave behind in a while."""

    code = "too_many_requests"
    status = 429


class NotFound(InputError):
    """No such record, or none that this reader may know of."""

    code = "not_found"
    status = 404


class UnreadableFile(LunkuError):
    """A file that cannot become a version. ``outcome`` is the name shown per file."""

    code = "unreadable_file"
    status = 422
    outcome: ClassVar[str] = "failed"


class UnsupportedFile(UnreadableFile):
    """A format, or a kind of file, that is not read."""

    code = "unsupported_file"
    outcome = "unsupported"


class EncryptedFile(UnreadableFile):
    """A file that needs a password."""

    code = "encrypted_file"
    outcome = "encrypted"


class NeedsOcr(UnreadableFile):
    """Pages are images, or their text layer cannot be trusted."""

    code = "needs_ocr"
    outcome = "needs_ocr"


class SkippedFile(UnreadableFile):
    """A file that was never a document: an editor's lock file, a file manager's cache."""

    code = "skipped_file"
    outcome = "skipped"


class DamagedFile(UnreadableFile):
    """Truncated, empty, malformed, or beyond the reading limits."""

    code = "damaged_file"


def unreadable_file(code: str, detail: str) -> UnreadableFile:
    """The error with a code that came from another process; an unknown code is damage."""
    pending: list[type[UnreadableFile]] = [UnreadableFile]
    while pending:
        kind = pending.pop(0)
        if kind.code == code:
            return kind(detail)
        pending += kind.__subclasses__()
    return DamagedFile(detail)


class StorageError(LunkuError):
    """The data directory, catalogue or engine cannot be used."""

    code = "storage_error"
    status = 503


class CatalogueUnavailable(StorageError):
    """The database does not answer or has an unknown schema."""

    code = "catalogue_unavailable"


class EngineUnavailable(StorageError):
    """The vector engine does not answer or refused an operation."""

    code = "engine_unavailable"


class EngineLocked(StorageError):
    """Another process owns the embedded index of this data directory."""

    code = "engine_locked"


class IndexMismatch(StorageError):
    """The index was built by another schema, analyser, term base or model."""

    code = "index_mismatch"


class ModelUnavailable(LunkuError):
    """A configured model cannot be loaded."""

    code = "model_unavailable"
    status = 503
