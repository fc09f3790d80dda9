"""The process in which a Word file is opened and given comments; started by ``api.quote_report``.

The request comes on standard input as JSON: the file, the draft's text, and the findings. The answer is the docx on
standard output; a process that ends otherwise could not write to the file.
"""

import json
import sys

from pydantic import TypeAdapter

from api.quote_report.writing import annotated
from ingest.isolation import allow_cpu, restrict
from search.quotation.findings import QuoteCheck


def main() -> None:
    """Answer one request."""
    restrict(int(sys.argv[1]))
    allow_cpu(float(sys.argv[2]))
    request = json.load(sys.stdin.buffer)
    check = TypeAdapter(QuoteCheck).validate_python(request["check"])
    sys.stdout.buffer.write(annotated(bytes.fromhex(request["file"]), request["text"], check))


if __name__ == "__main__":
    main()
