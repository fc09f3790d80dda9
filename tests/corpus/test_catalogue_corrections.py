"""What is set by hand: it outlasts new versions, until it is undone."""

from datetime import date

import pytest

from corpus.catalogue import visible_fields, visible_text
from corpus.errors import InvalidField, NotFound
from corpus.records import Kind
from tests.corpus.drafts import EVERYONE, STAFF, add, index_everything, make_draft


def test_what_was_set_by_hand_outlasts_a_new_version(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, readers=frozenset({"curators"}), kind=Kind.RESEARCH)
    [(newer, _)] = add(catalogue, make_draft(body="改", title="新题"))
    assert (newer.readers, newer.kind, newer.title) == (frozenset({"curators"}), Kind.RESEARCH, "新题")


def test_without_a_hand_edit_a_new_version_brings_its_own_readers(catalogue):
    add(catalogue, make_draft())
    [(newer, _)] = add(catalogue, make_draft(body="批示", readers=frozenset({"researchers"})))
    assert newer.readers == {"researchers"}


def test_fields_set_by_hand_reach_the_filters_and_keep_restriction(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    changed = catalogue.update_document(document.id, fields={"issued_on": "2023-01-05", "distribution": ["存档"]})
    fields = {item.name: item for item in catalogue.version(document.id).fields}
    assert (changed.issued_on, changed.year) == (date(2023, 1, 5), 2023)
    assert (fields["distribution"].value, fields["distribution"].restricted) == (["存档"], True)
    assert fields["organization"].value == "松江市人民政府办公室"
    assert len(fields) == len(make_draft().fields)


def test_a_corrected_field_outlasts_new_versions_until_it_is_undone(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, fields={"issued_on": "2023年1月5日", "editor": "秘书处"}, author="方白")
    [(newer, _)] = add(catalogue, make_draft(body="改"))
    assert (newer.version, newer.issued_on) == (2, date(2023, 1, 5))
    assert catalogue.version(document.id).value("editor") == "秘书处"
    assert catalogue.version(document.id, 1).value("issued_on") == "2022-10-08"

    catalogue.update_document(document.id, fields={"issued_on": "2024-02-03"}, author="柳青")
    last, *earlier = catalogue.corrections(document.id)
    assert (last.name, last.value, last.previous, last.author) == ("issued_on", "2024-02-03", "2023-01-05", "柳青")
    assert {item.author for item in earlier} == {"方白"}
    assert catalogue.undo_correction(document.id, last.id, "古月").issued_on == date(2023, 1, 5)
    [first] = [item for item in earlier if item.name == "issued_on"]
    assert catalogue.undo_correction(document.id, first.id).issued_on == date(2022, 10, 8)
    assert [item.undone_by for item in catalogue.corrections(document.id)] == ["古月", None, ""]
    with pytest.raises(NotFound, match="已经撤销"):
        catalogue.undo_correction(document.id, last.id)


def test_undoing_attributes_gives_back_what_the_newest_version_says(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, title="改过的标题", kind=Kind.COURSE, readers=frozenset({"curators"}))
    add(catalogue, make_draft(body="改", title="新题", readers=frozenset({"researchers"})))
    for item in catalogue.corrections(document.id):
        changed = catalogue.undo_correction(document.id, item.id)
    assert (changed.title, changed.kind, changed.readers) == ("新题", Kind.POLICY, {"researchers"})


def test_a_correction_is_indexed_without_reading_the_file_again(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    index_everything(catalogue)
    catalogue.update_document(document.id, fields={"document_number": "松政办[2022]9号"})
    [version] = catalogue.pending_versions(10)
    claimed = catalogue.passages_to_index([version])
    assert {item.document.document_number for item in claimed} == {"松政办〔2022〕9号"}
    assert {field.value for item in claimed for field in item.fields if field.name == "document_number"} == {
        "松政办〔2022〕9号"
    }


def test_a_field_that_is_said_not_to_exist_keeps_its_characters_and_its_restriction(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    changed = catalogue.update_document(document.id, fields={"document_number": None, "distribution": ""})
    version = catalogue.version(document.id)
    assert changed.document_number is None
    assert version.value("document_number") is None
    assert {item.name for item in visible_fields(version.fields, None)} == {"organization", "issued_on", "copies"}
    assert visible_text(version, EVERYONE)[2:4] == "██"


def test_a_restricted_field_that_is_added_by_hand_is_restricted(catalogue):
    [(document, _)] = add(catalogue, make_draft())
    catalogue.update_document(document.id, fields={"phone": "0453-1234567"})
    fields = catalogue.version(document.id).fields
    assert "phone" in {item.name for item in visible_fields(fields, STAFF)}
    assert "phone" not in {item.name for item in visible_fields(fields, EVERYONE)}


@pytest.mark.parametrize(
    "fields",
    [
        {"colour": "红"},
        {"issued_on": "2023年13月1日"},
        {"issued_on": "2023年5月"},
        {"credits": "两分"},
        {"title": " "},
        {"kind": "letter"},
        {"readers": []},
        {"authors": [1]},
        {"organization": ["甲", "乙"]},
    ],
)
def test_what_is_no_value_of_the_field_is_refused(catalogue, fields):
    [(document, _)] = add(catalogue, make_draft())
    with pytest.raises(InvalidField):
        catalogue.update_document(document.id, fields=fields)
    assert catalogue.corrections(document.id) == []
