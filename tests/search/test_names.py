"""Names are found by how they sound and by single edits, as comparing each with each would find them."""

from hypothesis import given
from hypothesis import strategies as st

from search.names import LONGEST_NAME, Joined, Names, Origin, Stretches, edit_keys, sound_keys
from search.spelling import sound

STAFF = frozenset({frozenset({"staff"})})
LETTERS = "百佰姓性名明嘴最市是事a1"
TEXTS = st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=30)


def _names(texts, origin=Origin.TITLE):
    return Names([(text, origin, STAFF) for text in texts])


def _texts(found, parts):
    return {parts[number]: [name.text for name in names] for number, names in found.items()}


@given(TEXTS, st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=8, unique=True))
def test_names_that_sound_alike_are_found(texts, parts):
    alike = {
        part: [text for text in texts if len(text) >= 2 and list(map(sound, text)) == list(map(sound, part))]
        for part in parts
    }
    assert _texts(_names(texts).sounding_like(Stretches.whole(parts)), parts) == {
        part: names for part, names in alike.items() if names
    }


def _without_one(text):
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


@given(TEXTS, st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=8, unique=True))
def test_names_that_an_edit_may_lead_to_are_found(texts, parts):
    names = [text for text in texts if len(text) >= 2]
    near = {part: [name for name in names if _without_one(part) & _without_one(name)] for part in parts}
    expected = {part: found for part, found in near.items() if found}
    assert _texts(_names(texts).an_edit_away(Stretches.whole(parts)), parts) == expected


@given(st.text(LETTERS, max_size=12), st.integers(2, 6))
def test_a_stretch_has_the_keys_of_the_same_text_alone(text, longest):
    stretches = Stretches.within(text, longest)
    parts = [stretches[number] for number in range(len(stretches.places.starts))]
    assert sorted(parts) == sorted(
        text[start:end] for start in range(len(text)) for end in range(start + 2, min(start + longest, len(text)) + 1)
    )
    alone = Stretches.whole(parts)
    assert sound_keys(stretches).tolist() == sound_keys(alone).tolist()
    assert [values.tolist() for values in edit_keys(stretches)] == [values.tolist() for values in edit_keys(alone)]


def test_numbers_and_long_titles_are_not_put_right_to():
    long = "关于" * LONGEST_NAME
    assert not _names([long]).sounding_like(Stretches.whole([long]))
    assert not _names(["20ZK019"], Origin.PROJECT).sounding_like(Stretches.whole(["20zk019"]))
    assert _texts(_names(["20ZK019"]).sounding_like(Stretches.whole(["20zk019"])), ["20zk019"]) == {
        "20zk019": ["20ZK019"]
    }


def test_a_term_is_spelt_in_the_company_of_its_characters():
    [term] = _names(["银行"], Origin.TERM).all
    [title] = _names(["银行"]).all
    assert (term.spelling(), title.spelling()) == (("yinhang", "yh"), ("yinxing", "yx"))


@given(st.lists(st.text("百姓\0a", max_size=6), max_size=6), st.text("百姓\0a", max_size=3))
def test_every_occurrence_within_a_text_is_found(texts, part):
    texts = [text.replace("\0", "") for text in texts]
    places = [(number, at) for number, text in enumerate(texts) for at in range(len(text)) if text.startswith(part, at)]
    assert list(Joined(texts).find(part)) == (places if part else [])
