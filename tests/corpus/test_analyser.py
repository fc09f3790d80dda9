"""The analyser cuts as jieba does, keeps official phrases whole, and points back to the original."""

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.terms import Term, TermBase, TermStatus
from corpus.text.analyser import Analyser
from corpus.text.folding import fold
from corpus.text.function_words import is_function_word

TERMS = TermBase.load()
ANALYSER = Analyser(TERMS)

TEXTS = [
    "为贯彻落实党的创新理论宣讲工作安排，各县（市、区）要在年底前完成百姓名嘴选聘，名单报省委宣传部备案。",
    "第三十三条之一　志愿服务组织未按约定派单的，由民政部门责令改正；逾期不改的，处500元以上3000元以下罚款。",
    "二〇二二年，全省新时代文明实践中心开展活动1.2万场，同比增长15.6%，参与群众超过86万人次。",
    "小李说：“老乡们爱听身边事，讲大道理没人来！”他把PPT换成了快板书。",
    "The centre (v2.0) uses Wi-Fi & C++; e-mail: someone@example.org, 20ZK019, 21&ZD001, 404, 12306.",
    "唯物辩证法认为，事物的联系具有普遍性、客观性和多样性，要反对形而上学的孤立静止的观点。",
    "臺灣的志工培訓與大陸的志願服務有何異同？後來的研究者於此著墨不多。",
    "①②③ ㎡ ½ 😀 𠀀𠮷 ｶﾅ かな 한국어 Ünïcödé \u200b　\t\n",
    "结合成分子时 南京市长江大桥 研究生命起源 乒乓球拍卖完了 中华人民共和国全国人民代表大会常务委员会",
]


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    words = sorted({fold(word) for word in TERMS.words if word.isalnum()})
    for word, frequency in [(word, tokenizer.suggest_freq(word)) for word in words]:
        tokenizer.add_word(word, frequency)
    return tokenizer


def cut(text: str) -> list[str]:
    return ANALYSER._vocabulary.jieba.cut_for_search(text, hmm=False)


@pytest.mark.parametrize("text", [*TEXTS, "".join(TEXTS)])
def test_cuts_equal_jieba(reference: jieba.Tokenizer, text: str) -> None:
    assert cut(fold(text)) == list(reference.cut_for_search(fold(text), HMM=False))


VOCABULARY = st.sampled_from(
    [*TERMS.words, *"的了在和是一二三年月国发号第条", "中华", "人民", "服务", "研究生", "AI", "404", "，", " "]
)


@settings(max_examples=200)
@given(st.lists(VOCABULARY | st.text(max_size=3), max_size=20).map("".join))
def test_cuts_equal_jieba_on_any_text(reference: jieba.Tokenizer, text: str) -> None:
    assert cut(fold(text)) == list(reference.cut_for_search(fold(text), HMM=False))


@given(st.lists(VOCABULARY | st.text(max_size=3), max_size=20).map("".join))
def test_tokens_are_the_words_with_their_places(text: str) -> None:
    tokens = ANALYSER.tokens(text)
    assert [token.text for token in tokens] == ANALYSER.words(text)
    folded = fold(text)
    assert all(folded[token.start : token.end] == token.text for token in tokens)


@given(st.text(st.sampled_from("志愿服务ABＣ２0，。 臺") | st.characters()))
def test_folding_first_changes_nothing(text: str) -> None:
    assert ANALYSER.words(fold(text)) == ANALYSER.words(text)


@pytest.mark.parametrize("phrase", sorted({word for word in TERMS.words if word.isalnum()}))
def test_every_term_stays_whole(phrase: str) -> None:
    assert ANALYSER.words(phrase)[-1] == fold(phrase)


def test_the_parts_of_a_phrase_still_match() -> None:
    assert {"百姓名嘴", "百姓", "名嘴"} <= set(ANALYSER.words("百姓名嘴"))
    assert {"志愿服务组织", "志愿服务", "志愿", "服务", "组织"} <= set(ANALYSER.words("志愿服务组织"))
    assert {"新时代文明实践中心", "文明实践中心", "文明实践", "新时代"} <= set(ANALYSER.words("新时代文明实践中心"))


def test_codes_stay_one_word() -> None:
    words = ANALYSER.words("项目20ZK019，错误404，热线12306，课件C++")
    assert {"20zk019", "404", "12306", "c++"} <= set(words)


def test_punctuation_and_blanks_are_no_words() -> None:
    assert ANALYSER.words("，。！？ \n\t…——“”《》、()") == []
    assert ANALYSER.bigrams("，。！？ \n…") == []


def test_bigrams_stay_inside_runs() -> None:
    assert ANALYSER.bigrams(fold("宣讲员，Ａ1 好")) == ["宣讲", "讲员", "a1", "好"]


def test_lone_surrogates_are_cut_like_any_other_sign() -> None:
    assert ANALYSER.words("宣讲\ud800员") == ["宣讲", "员"]
    assert ANALYSER.bigrams("宣讲\udfff员") == ["宣讲", "员"]


def test_variants_are_one_word() -> None:
    assert ANALYSER.words("ＡＩ與志願服務") == ANALYSER.words("ai与志愿服务")


def test_terms_can_change_without_another_fingerprint() -> None:
    other = Analyser(TERMS)
    assert other.fingerprint == ANALYSER.fingerprint
    other.use(TERMS.with_changes([Term("板凳课堂"), Term("百姓名嘴", status=TermStatus.REJECTED)]))
    assert "板凳课堂" in other.words("村里的板凳课堂")
    assert "板凳课堂" not in ANALYSER.words("村里的板凳课堂")
    assert "百姓名嘴" not in other.words("百姓名嘴上讲台")
    assert other.names ^ ANALYSER.names == {"板凳课堂", "百姓名嘴", "草根名嘴"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("志愿服务理论宣讲百姓名嘴村"), min_size=2, max_size=5), min_size=1, max_size=4),
    st.lists(VOCABULARY | st.text(st.sampled_from("志愿服务理论宣讲百姓名嘴村"), max_size=4), max_size=15).map("".join),
)
def test_a_term_changes_no_text_that_does_not_hold_it(names: list[str], text: str) -> None:
    changed = Analyser(TERMS.with_changes(map(Term, names)))
    if not any(name in fold(text) for name in names):
        # Two equally likely orders of the same words (村村|村, 村|村村) may be exchanged by a rounding error.
        assert sorted(changed.words(text)) == sorted(ANALYSER.words(text))


@given(st.text(max_size=60).map(fold))
def test_cut_words_are_the_whole_text(folded: str) -> None:
    assert "".join(ANALYSER.cut(folded)) == folded


def test_segments_are_whole_words_end_to_end() -> None:
    assert ANALYSER.segments("百姓名嘴柴琬舸，在村里宣讲") == ["百姓名嘴", "柴琬舸", "在", "村里", "宣讲"]


def test_other_names_of_a_term() -> None:
    assert ANALYSER.synonyms("百姓名嘴") == ("草根名嘴",)
    assert ANALYSER.synonyms("草根名嘴") == ("百姓名嘴",)
    assert ANALYSER.synonyms("村里") == ()


def test_long_texts() -> None:
    text = "志愿服务组织要把理论宣讲办到村民家门口。" * 20_000
    assert ANALYSER.words(text).count("理论宣讲") == 20_000
    assert len(ANALYSER.words("一" * 100_000)) > 0


def test_everyday_words_are_more_frequent_than_names() -> None:
    frequencies = [ANALYSER.frequency(word) for word in ("要求", "宣讲", "柴琬舸")]
    assert frequencies == sorted(frequencies, reverse=True)
    assert frequencies[0] > 100 * frequencies[2]


@pytest.mark.parametrize(
    ("word", "asks"), [("几名", True), ("几家", True), ("几", True), ("几何", False), ("几乎", False)]
)
def test_words_that_ask_for_a_number_carry_no_content(word, asks):
    assert is_function_word(word) is asks
