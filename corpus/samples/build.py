"""Render the sources into office files and write the gold standard: ``python -m corpus.samples.build``.

Needs the extra ``samples``; using the built files does not.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus.samples.docx_writer import render_docx
from corpus.samples.html_writer import render_html
from corpus.samples.pdf_writer import render_pdf
from corpus.samples.pptx_writer import render_pptx
from corpus.samples.source import EXPECTED_FILE, FILES_DIR, Source, load_sources
from corpus.samples.text_writers import render_markdown, render_text

WRITERS: dict[str, Callable[[Source], bytes]] = {
    ".docx": render_docx,
    ".html": render_html,
    ".md": render_markdown,
    ".pdf": render_pdf,
    ".pptx": render_pptx,
    ".txt": render_text,
}


def render(source: Source) -> bytes:
    """The office file of a source; the same source gives the same bytes."""
    return WRITERS[source.path.suffix](source)


def expected(sources: list[Source]) -> dict[str, dict[str, Any]]:
    """What ingest must find, by path of the built file."""
    return {
        source.path.as_posix(): {
            "kind": source.kind.value,
            "readers": sorted(source.readers),
            "level_one_headings": len(source.headings),
            "headings": source.headings,
            "fields": source.fields,
        }
        for source in sources
    }


def expected_json(sources: list[Source]) -> str:
    """The gold standard as it is stored."""
    return json.dumps(expected(sources), ensure_ascii=False, indent=1) + "\n"


def build(folder: Path = FILES_DIR) -> list[Path]:
    """Write every file below ``folder``, and remove files that no source has any more."""
    sources = load_sources()
    written = []
    for source in sources:
        path = folder / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(render(source))
        written.append(path)
    for path in folder.glob("*/*"):
        if path not in written:
            path.unlink()
    return written


def main() -> None:
    """Rebuild the files and the gold standard in place."""
    for path in build():
        print(path.relative_to(FILES_DIR))
    EXPECTED_FILE.write_text(expected_json(load_sources()), encoding="utf-8")


if __name__ == "__main__":
    main()
