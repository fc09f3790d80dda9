"""``lunku cite``: how to cite a document or a passage. The catalogue alone is needed, so it runs beside a server."""

from pathlib import Path

from api.cli.output import err, out, print_json
from api.references import refer
from corpus.catalogue import Catalogue
from corpus.errors import InvalidSetting
from corpus.settings import load_settings, parse_groups
from search.references import Style


def run(
    identifier: str, passage: str | None, style: str, groups: str | None, as_json: bool, data_dir: Path | None
) -> None:
    """Print the reference; what is missing from it goes to stderr."""
    if style not in set(Style):
        raise InvalidSetting(f"没有“{style}”这种著录格式，可用：{'、'.join(Style)}")
    readers = None if groups is None else parse_groups(groups)
    with Catalogue.open(load_settings(data_dir).catalogue_url) as catalogue:
        document = catalogue.document(identifier, readers)
        found = refer(catalogue, document, passage, Style(style), readers)
    if as_json:
        print_json(found)
        return
    out.print(found.text.rstrip("\n"), markup=False)
    if found.missing:
        err.print(f"缺：{'、'.join(found.missing)}")
