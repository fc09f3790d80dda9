"""The text of a reply as sentences, while it is still coming in."""

import re

from corpus.text.sentences import split_sentences

_MARKERS = re.compile(r"\s*(?:[\[【]\s*\d[\d\s,，、;；]*[\]】]\s*)+")
_BEGUN_MARKER = re.compile(r"[\[【][\d\s,，、;；]*")
_THINKING = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.DOTALL)


class ReplyReader:
    """Cuts a reply into sentences, each with the markers that stand before or behind its full stop."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that the next piece of text completes.

        The last one is kept back: markers may still follow it.
        """
        self._text += piece
        sentences = self._sentences()
        begun = bool(sentences) and _BEGUN_MARKER.fullmatch(sentences[-1][0]) is not None
        complete = sentences[: -2 if begun else -1]
        self._text = self._text[complete[-1][1] :] if complete else self._text
        return [sentence for sentence, _ in complete if sentence]

    def finish(self) -> list[str]:
        """What is left when the reply has ended."""
        sentences = self._sentences()
        self._text = ""
        return [sentence for sentence, _ in sentences if sentence]

    def _sentences(self) -> list[tuple[str, int]]:
        """The sentences and where each one ends; what a model thinks aloud before it answers is none."""
        thinking = _THINKING.match(self._text)
        at = thinking.end() if thinking else 0
        found = []
        for span in split_sentences(self._text):
            if span.end > at:
                behind = _MARKERS.match(self._text, span.end)
                end = behind.end() if behind else span.end
                found.append((self._text[at:end].strip(), end))
                at = end
        return found
