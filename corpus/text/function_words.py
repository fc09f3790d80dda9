"""Words that carry grammar, not content: never marked in a hit, never required of an answer."""

_FUNCTION_WORDS = """
    的 地 得 了 着 过 是 为 在 有 和 与 及 或 并 而 且 但 也 都 就 还 又 再 才 则 把 被 将 让 使 由 于 从 自
    向 往 对 对于 关于 按 按照 以 以及 之 其 其中 此 这 那 这个 那个 这些 那些 该 各 每 某 个 种 项 条 位 名 次 些
    上 下 中 里 内 外 前 后 时 等 等等 所 者 来 去 到 至 不 没 没有 无 非 可 可以 能 能够 会 要 应 应当 应该 需
    需要 必须 吗 呢 吧 啊 呀 么 因 因为 所以 如果 若 虽然 但是 不过 然而 我 你 他 她 它 我们 你们 他们 它们 自己
    一 一个 一种 一些 请 请问 问 想 知道 了解 告诉 说 讲 进行 通过 根据 作为 成为 属于 分别
    the of and in to a an is are for on by with as at
"""
_QUESTION_WORDS = """
    什么 哪 哪个 哪些 哪里 哪儿 哪位 哪种 哪几 哪年 哪一 哪一年 哪一个 哪家 哪国 哪项 何 何时 何处 何地 何人 何种
    何为 为何 如何 怎么 怎样 怎么样 怎么办 怎 怎能 为什么 谁 几 几个 几种 几项 几年 几点 多少 多久 多长 多大 多高
    多远 多重 是否 能否 可否 有没有 是不是 什么样 什么时候 啥 咋 哪方面 哪几个 哪几种 哪几项 哪一种 哪一位 几月 几日
    几号 what who when where which why how
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
QUESTION_WORDS = frozenset(_QUESTION_WORDS.split())
_ASKING = ("哪些", "哪个", "哪里", "哪种", "哪几", "哪一", "什么", "多少", "怎么", "怎样", "几个")
"""What words begin with that the dictionary has whole: 哪些地方, 什么样."""
_COUNTED = frozenset("个种项年月日号点名位人家次天类条批期届场周章节讲门册份件处所岁倍成元块里")
"""What 几 asks for the number of: 几名, 几家; not 几何, 几乎, 几率."""


def is_function_word(word: str) -> bool:
    """Whether a folded word carries no content of its own: particles, pronouns, question words, punctuation."""
    if word.startswith(_ASKING) or (len(word) == 2 and word[0] == "几" and word[1] in _COUNTED):
        return True
    return word in FUNCTION_WORDS or word in QUESTION_WORDS or not any(character.isalnum() for character in word)
