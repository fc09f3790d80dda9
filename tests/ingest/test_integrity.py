from corpus.records import Flag, MetadataField, PassageSpan, Removal, Repair, Span
from ingest.blocks import Block, ReadFile
from ingest.cleaning import CleanText, clean
from ingest.integrity import prove, restore, solid

READ = ReadFile("txt", "text/plain", (Block("标题"), Block("正文。")))
CLEAN = clean(READ)
TITLE = MetadataField("title", "标题", (Span(0, 2),), (Span(0, 2),))
BODY = PassageSpan(3, 6, ())


def test_everything_once_holds() -> None:
    proof = prove(READ, CLEAN, [BODY], [TITLE])
    assert (proof.original, proof.in_passages, proof.in_fields, proof.holds) == (5, 3, 2, True)


def test_missing_text_is_counted() -> None:
    proof = prove(READ, CLEAN, [BODY], [])
    assert (proof.missing, proof.duplicated, proof.holds) == (2, 0, False)


def test_text_in_two_places_is_counted() -> None:
    proof = prove(READ, CLEAN, [PassageSpan(0, 6, ())], [TITLE])
    assert (proof.missing, proof.duplicated, proof.holds) == (0, 2, False)


def test_cards_do_not_count() -> None:
    card = PassageSpan(0, 2, (), flags=frozenset({Flag.CARD}))
    assert prove(READ, CLEAN, [card, BODY], [TITLE]).holds


def test_text_changed_without_a_record_does_not_hold() -> None:
    changed = CleanText("标题\n正文！", CLEAN.paragraphs)
    assert not prove(READ, changed, [BODY], [TITLE]).holds


def test_restore_puts_repairs_and_removals_back() -> None:
    text = CleanText("党员和群众", (), (Repair("stray_word", 2, 3, " and "),), (Removal("page_number", 2, "— 1 —"),))
    assert solid(restore(text)) == solid("党员— 1 — and 群众")


def test_blanks_of_every_kind_do_not_count() -> None:
    assert solid("a \t\u3000\u200b\ufeff\n\x0bb\u2060") == "ab"
