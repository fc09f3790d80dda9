"""Holds our text of real Word files against LibreOffice's, and doc files against their docx twins.

    LUNKU_EVAL_DATA=/path/to/data python -m tests.benchmarks.office_text

Recall is the longest common subsequence over the length of LibreOffice's text, blanks and punctuation aside; what our
reader takes out on purpose (running heads, contents, comments) counts as found. Twins have names alike up to the
extension; the share is of the doc's passages that the docx has word for word.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from statistics import median

from rapidfuzz.distance import LCSseq

from corpus.errors import UnreadableFile
from ingest.blocks import ReadFile
from ingest.conversion import find_libreoffice
from ingest.drafting import draft_version
from ingest.readers import read_file
from ingest.reading import ReaderPool

FEW = 20
"""Characters below which a text is no measure."""
GOAL = 0.995


def main() -> None:
    """Print the figures; exit with an error where there is nothing to measure with."""
    root, libreoffice = os.environ.get("LUNKU_EVAL_DATA"), find_libreoffice()
    if not root or libreoffice is None:
        sys.exit("LUNKU_EVAL_DATA names no folder, or LibreOffice is missing; nothing was measured.")
    paths = sorted(path for path in Path(root, "files").rglob("*") if path.suffix.lower() in (".docx", ".doc"))
    _recall([path for path in paths if path.suffix.lower() == ".docx"], libreoffice)
    _twins([path for path in paths if not path.name.startswith("~$")])


def _recall(paths: list[Path], libreoffice: Path) -> None:
    started = time.perf_counter()
    texts = _exported(paths, libreoffice)
    their_seconds = time.perf_counter() - started
    recalls, seconds = [], []
    for path, theirs in zip(paths, texts, strict=True):
        started = time.process_time()
        try:
            read = read_file(path)
        except UnreadableFile as error:
            print(f"   {error.outcome:10} {path.name}")
            continue
        seconds.append(time.process_time() - started)
        ours, expected = _fold(_everything(read)), _fold(theirs)
        if len(expected) >= FEW:
            recalls.append(LCSseq.similarity(ours, expected) / len(expected))
            print(f"   {recalls[-1]:.4f} {len(expected):7} {path.name}")
    good = sum(recall >= GOAL for recall in recalls)
    print(f"docx: {good} of {len(recalls)} with recall >= {GOAL}, lowest {min(recalls):.4f}")
    print(
        f"docx: median {1000 * median(seconds):.0f} CPU ms a file; LibreOffice took {their_seconds / len(paths):.2f} s"
        f" a file in one batch, {their_seconds / sum(seconds):.0f} times as long"
    )


def _everything(read: ReadFile) -> str:
    """Blocks and removals in the order of the file."""
    pieces = [(item.before, 0, item.text) for item in read.removed]
    pieces += [(index, 1, block.text) for index, block in enumerate(read.blocks)]
    return "\n".join(text for _, _, text in sorted(pieces, key=lambda piece: piece[:2]))


def _exported(paths: list[Path], libreoffice: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copies = [folder / f"{index}.docx" for index in range(len(paths))]
        for path, copy in zip(paths, copies, strict=True):
            copy.write_bytes(path.read_bytes())
        command = [libreoffice, f"-env:UserInstallation={folder.as_uri()}/profile", "--headless"]
        command += ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", folder, *copies]
        subprocess.run(command, check=True, capture_output=True)
        outputs = [copy.with_suffix(".txt") for copy in copies]
        return [output.read_text("utf-8-sig") if output.exists() else "" for output in outputs]


def _twins(paths: list[Path]) -> None:
    docx = {path.with_suffix(""): path for path in paths if path.suffix.lower() == ".docx"}
    pairs = [
        (path, docx[key]) for path in paths if path.suffix.lower() == ".doc" and (key := path.with_suffix("")) in docx
    ]
    with ReaderPool() as pool:
        answers = [answer for _, answer in pool.read([path for pair in pairs for path in pair])]
    for (path, _), old, new in zip(pairs, answers[::2], answers[1::2], strict=True):
        if isinstance(old, ReadFile) and isinstance(new, ReadFile):
            ours, theirs = _passages(old), _passages(new)
            same = sum(passage in theirs for passage in ours)
            common = LCSseq.normalized_similarity("".join(ours), "".join(theirs))
            print(f"twin: {same} of {len(ours)} passages alike, texts {common:.4f} alike: {path.name}")


def _passages(read: ReadFile) -> list[str]:
    version = draft_version(read, source="", file_name="", sha256="")
    return [_fold(version.text[passage.start : passage.end]) for passage in version.passages]


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


if __name__ == "__main__":
    main()
