"""Names are found by how they sound and by their halves, as comparing each with each would find them."""

from hypothesis import given
from hypothesis import strategies as st

from search.names import LONGEST_NAME, Names, Origin, Stretches, half_keys, sound_keys
from search.spelling import sound

STAFF = frozenset({frozenset({"staff"})})
LETTERS = "百佰姓性名明嘴最市是事a1"
TEXTS = st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=30)


def _names(texts, origin=Origin.TITLE):
    return Names([(text, origin, STAFF) for text in texts])


def _texts(found):
    return {part: [name.text for name in names] for part, names in found.items()}


@given(TEXTS, st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=8))
def test_names_that_sound_alike_are_found(texts, parts):
    alike = {
        part: [text for text in texts if len(text) >= 2 and list(map(sound, text)) == list(map(sound, part))]
        for part in parts
    }
    assert _texts(_names(texts).sounding_like(Stretches.whole(parts))) == {
        part: names for part, names in alike.items() if names
    }


@given(TEXTS, st.sets(st.text(LETTERS, min_size=1, max_size=8), max_size=8))
def test_names_with_an_equal_half_are_found(texts, parts):
    names = {text for text in texts if len(text) >= 2}
    expected = {}
    for part in parts:
        middle = len(part) // 2
        halves = {name for name in names if len(name) == len(part) and name[:middle] == part[:middle]}
        halves |= {name for name in names if len(name) == len(part) and name[middle:] == part[middle:]}
        if halves:
            expected[part] = halves
    found = _names(texts).sharing_a_half(Stretches.whole(sorted(parts)))
    assert {part: {name.text for name in names} for part, names in found.items() if names} == expected


@given(st.text(LETTERS, max_size=12), st.integers(2, 6))
def test_a_stretch_has_the_keys_of_the_same_text_alone(text, longest):
    stretches = Stretches.within(text, longest)
    parts = [stretches[number] for number in range(len(stretches.starts))]
    assert sorted(parts) == sorted(
        text[start:end] for start in range(len(text)) for end in range(start + 2, min(start + longest, len(text)) + 1)
    )
    alone = Stretches.whole(parts)
    assert sound_keys(stretches).tolist() == sound_keys(alone).tolist()
    assert [keys.tolist() for keys in half_keys(stretches)] == [keys.tolist() for keys in half_keys(alone)]


def test_numbers_and_long_titles_are_not_put_right_to():
    long = "关于" * LONGEST_NAME
    assert not _names([long]).sounding_like(Stretches.whole([long]))
    assert not _names(["20ZK019"], Origin.PROJECT).sounding_like(Stretches.whole(["20zk019"]))
    assert _texts(_names(["20ZK019"]).sounding_like(Stretches.whole(["20zk019"]))) == {"20zk019": ["20ZK019"]}


def test_a_term_is_spelt_in_the_company_of_its_characters():
    [term] = _names(["银行"], Origin.TERM).all
    [title] = _names(["银行"]).all
    assert (term.spelling(), title.spelling()) == (("yinhang", "yh"), ("yinxing", "yx"))
