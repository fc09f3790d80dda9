"""Documents are found by what they are called, and those that may be past without reading every title."""

from corpus.records import MetadataField
from corpus.text.titles import called
from tests.corpus.drafts import make_draft


def add(catalogue, title, *fields, source=None):
    numbers = tuple(item for item in fields if item.name == "document_number")
    others = tuple(item for item in make_draft().fields if item.name != "document_number")
    rest = tuple(item for item in fields if item.name != "document_number")
    draft = make_draft(f"/资料/{source or title}.txt", title, title=title, fields=(*others, *numbers, *rest))
    [(document, _)] = catalogue.add_versions([draft])
    return document.id


def test_a_document_is_found_by_number_title_and_what_it_prints(catalogue):
    number = MetadataField("document_number", "云宣发〔2021〕6号")
    one = add(catalogue, "关于印发《云岭县讲堂办法（试行）》的通知", number)
    other = add(catalogue, "中华人民共和国讲堂法" + "长" * 300)
    for name in ("云宣发〔2021〕6号", called("《云岭县讲堂办法（试行）》")):
        assert catalogue.named([name]) == [one]
    assert catalogue.named([called("讲堂法" + "长" * 300)]) == [other]
    assert catalogue.named(["讲堂法", ""]) == []


def test_namesakes_and_what_tells_of_an_end_are_uncertain(catalogue):
    old, new = add(catalogue, "云岭县讲堂办法"), add(catalogue, "云岭县讲堂办法（2023年修订）")
    ended = add(catalogue, "云岭县集市规定（已废止）")
    ending = add(catalogue, "云岭县集市条例", MetadataField("repeals", ["《云岭县集市规定》"]))
    add(catalogue, "云岭县停车办法")
    assert set(catalogue.uncertain()) == {old, new, ended, ending}


def test_a_correction_is_followed_and_so_is_its_undoing(catalogue):
    document = add(catalogue, "云岭县讲堂办法")
    catalogue.update_document(document, title="云岭县院坝讲堂办法", fields={"expires_on": "2020-01-01"})
    assert (catalogue.named(["云岭县讲堂办法"]), catalogue.named(["云岭县院坝讲堂办法"])) == ([], [document])
    assert catalogue.uncertain() == [document]
    for correction in catalogue.corrections(document):
        catalogue.undo_correction(document, correction.id, "管理员")
    assert (catalogue.named(["云岭县讲堂办法"]), catalogue.uncertain()) == ([document], [])


def test_a_new_version_takes_the_place_of_the_old_names(catalogue):
    first = make_draft("/资料/甲.txt", "一", title="甲办法")
    [(document, _)] = catalogue.add_versions([first])
    catalogue.add_versions([make_draft("/资料/甲.txt", "二", title="乙办法")])
    assert (catalogue.named(["甲办法"]), catalogue.named(["乙办法"])) == ([], [document.id])
    catalogue.trash(document.id)
    assert catalogue.dated_titles(catalogue.named(["乙办法"])) == []


def test_bearers_of_a_name_are_those_that_the_reader_may_see(catalogue):
    rules = add(catalogue, "云岭县讲堂办法（试行）")
    notice = add(catalogue, "关于印发《云岭县讲堂办法》的通知")
    gone = add(catalogue, "云岭县讲堂办法")
    readers = catalogue.document(rules).readers
    catalogue.trash(gone)
    catalogue.update_document(notice, readers=frozenset({"editors"}))
    wanted = ["云岭县讲堂办法", "云岭县讲堂办法(试行)", "讲堂办法", "长" * 300]
    assert catalogue.bearers(wanted, readers) == {"云岭县讲堂办法": [rules], "云岭县讲堂办法(试行)": [rules]}
    both = catalogue.bearers(wanted, readers | {"editors"})
    assert both["云岭县讲堂办法"] == sorted([rules, notice])
    assert catalogue.bearers(wanted, frozenset()) == {}
