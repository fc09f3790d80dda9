"""The report of a quotation check as a Word document: the draft with a comment at every finding, and a table of them.

The draft's own file is never changed: what goes out is a copy, in which its text and layout stay as they are.
"""

import json
import subprocess
from dataclasses import asdict

from api.drafts import Draft
from corpus.module_process import module_command, module_environment
from search.quotation.findings import QuoteCheck

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

LAYOUT_LOST = "原 Word 文件写不进批注，以上只是它的文字，版式没有保留；可另存为普通 docx 后重新核验。"

_SECONDS = 60.0
_MEMORY_BYTES = 2_500 * 1024**2


def quote_report(draft: Draft, check: QuoteCheck) -> bytes:
    """The report as docx: a Word file with its own layout; of anything else, its text.

    A Word file that cannot be written to (with macros, of the strict kind) is reported on by its text as well, and the
    report says so.
    """
    from api.quote_report.writing import text_report

    if draft.word is None:
        return text_report(draft.text, check)
    return _annotated(draft, check) or text_report(draft.text, check, LAYOUT_LOST)


def _annotated(draft: Draft, check: QuoteCheck) -> bytes | None:
    """The Word file with comments, made in a process that may be killed; None if it cannot be written to."""
    request = {"file": draft.word.hex() if draft.word else "", "text": draft.text, "check": asdict(check)}
    command = module_command("api.quote_report.worker", _MEMORY_BYTES, _SECONDS)
    try:
        done = subprocess.run(  # noqa: S603 (our own module)
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=module_environment(),
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
