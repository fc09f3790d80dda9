"""What is kept is what was read; the oldest goes first, and nothing else changes what is found."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from corpus.recent import Recent


def _squares(keys):
    return {key: key * key for key in keys if key >= 0}


@given(st.lists(st.lists(st.integers(-2, 12), max_size=8), max_size=12), st.integers(0, 6))
def test_what_is_found_does_not_depend_on_what_is_kept(asked, most):
    recent = Recent(most)
    for keys in asked:
        found = recent.find(keys, _squares)
        assert list(found.items()) == [(key, key * key) for key in dict.fromkeys(keys) if key >= 0]
        assert len(recent._values) <= most


def test_only_what_is_not_kept_is_read_and_the_oldest_goes_first():
    recent, read = Recent(3), []

    def squares(keys):
        read.append(keys)
        return _squares(keys)

    for keys in ([1, 2], [2, 3], [1, 2, 3], [4], [1], [2, 3, 4], [-1], [-1]):
        recent.find(keys, squares)
    assert read == [[1, 2], [3], [4], [1], [2], [-1], [-1]]


def test_threads_find_what_is_theirs():
    recent = Recent(20)

    def work(start):
        for at in range(start, start + 500):
            keys = [at % 97, (at * 7) % 97, (at * 13) % 97]
            assert recent.find(keys, _squares) == {key: key * key for key in keys}

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(0, 4000, 500)))
