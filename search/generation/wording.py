"""Words that decide what a sentence claims: they may be neither added to what a source says nor taken from it."""

import re

_NEUTRAL = """
    不断 不仅 不但 不光 不同 不少 未来 非常 无论 不论 不管 不禁 不愧 无数 无疑 不妨 不得不 非物质 非遗     """
NEUTRAL = frozenset(_NEUTRAL.split())
"""Words with a negating character that deny nothing."""
DENYING = frozenset("不未非无没勿莫毋否")
"""Characters that deny; each one is compared with the character behind it."""
_DENYING_WORDS = """
    禁止 严禁 严防 杜绝 防止 避免 拒绝 反对 取消 停止 终止 免除 免于 免予 减免 豁免 撤销 除外 除非 并非 绝非
"""
DENYING_WORDS = frozenset(_DENYING_WORDS.split())
_LIMITING = """
    仅 只 仅仅 仅限 只能 只有 只限 唯一 部分 一部分 个别 少数 多数 大多数 绝大多数 有些 某些 有的 一般 通常 原则上
    可能 拟 计划 暂 可 可以 能 能够 允许 准许 应 应当 应该 须 必须 要 需要 鼓励 支持 提倡 倡导 要求 建议 力争 争取
    预计 估计 曾 曾经 尚 即将 将 已 已经 首次 首先 优先 自愿 强制
"""
LIMITING = frozenset(_LIMITING.split())
"""Words that limit or colour a statement: what they stand before must stand behind them in the source as well."""
_QUANTIFYING = """
    全部 所有 一切 全体 任何 每 各 均 都 一律 凡 凡是 始终 永远 必然 完全 全面 普遍 绝对 最 最高 最低 最大 最小 最多
    最少 至少 至多
"""
QUANTIFYING = frozenset(_QUANTIFYING.split())
"""Words that widen a statement: a claim may leave them out, but not add them."""
_COMPARING = """
    至少 至多 最多 最少 不少于 不低于 不超过 不高于 不多于 不足 超过 超 低于 高于 大于 小于 少于 多于 近 约 大约
    接近 将近 突破 达 达到 以上 以下 以内 以外 之内 之外 之前 之后 以前 以后 前 后 内 外 左右 上下 为止 止 起 除外
"""
COMPARING = frozenset(_COMPARING.split())
"""Words about numbers and times, before or behind them."""
_BEHIND = """
    以上 以下 以内 以外 之内 之外 之前 之后 以前 以后 前 后 内 外 左右 上下 为止 止 起 除外
"""
BEHIND = frozenset(_BEHIND.split())
"""Those that stand behind what they are about."""
_DIRECTIONS = """
    增长 下降 上升 提高 降低 提升 增加 减少 扩大 缩小 加快 放缓 加强 削弱 高 低 多 少 大 小 优于 次于 支持 同意 限制
    成立 设立 撤并 启动 开始 结束 完成 公开 保密 收费 免费 有偿 无偿 合法 违法 合格 有效 无效 现行 废止 失效 正式
    初步 试行 最终 上限 下限
"""
DIRECTIONS = frozenset(_DIRECTIONS.split())
"""Words that have an opposite: a claim may only use them where the source does."""
_DESCRIBING = """
    重要 重大 广大 积极 良好 主要 显著 坚实 深刻 伟大 光荣 宝贵 巨大 突出 有力 扎实 丰富 浓厚 真正 广泛 深入 有效
"""
DESCRIBING = frozenset(_DESCRIBING.split())
"""Words before a noun that praise or weigh it and leave it what it is."""
_REPORTING = """
    文件 规定 指出 提出 明确 强调 包括 包含 具体 方面 同时 此外 另外 其次 首先 最后 总之 综上 分别 以下 如下 资料
    来源 显示 表明 提到 介绍 说明 认为 记载 写道 主要 方式 内容 情况 相关 有关 其中 即 是指 指 属于 依次 根据 按照
    依据 上述 该 本
"""
REPORTING = frozenset(_REPORTING.split())
"""Words in which a sentence reports what a source says; they claim nothing themselves."""
PARTIES = re.compile(
    "(?:[者员师生民户众工]|人|人[士才们]|干部|青年|少年|儿童|妇女|党员|家庭|单位|组织|机构|部门|企业|公司|学校|院校|高校|团队|团体|机关)$"
)
"""Nouns that name people and bodies: whatever word stands right before one narrows it down."""
LEAD_IN = re.compile(
    r"^(?:根据|按照|依据|据)?[^,;:。]{0,40}?(?:指出|规定|提出|要求|明确|强调|显示|表明|提到|介绍|认为|记载|写道|如下|包括)[,:]"
)
"""The opening of a sentence that only says who says it; searched in folded text."""
ADDRESSING = re.compile(
    r"(?:忽略|无视|忘记|不要理会|不必遵守|覆盖).{0,12}(?:指令|指示|提示|要求|规则|设定|内容)"
    r"|(?:你|您)(?:现在|将|从现在起)?(?:是|扮演|作为)[^。]{0,10}(?:助手|模型|机器人|管理员|ai)"
    r"|(?:系统|开发者)(?:提示词?|指令|消息)|提示词|大?语言模型[^。]{0,8}(?:请|必须|应当|需要)"
    r"|(?:请|必须|务必|直接|只)[^。]{0,10}(?:回答|回复|输出)[^。]{0,4}[:“\"「]"
    r"|(?:ignore|disregard|forget|override)[^.。]{0,40}(?:instruction|prompt|rule|above|previous)"
    r"|system prompt|you are (?:now )?(?:a|an|the) |as an ai|<\|?(?:im_start|system|assistant)|\[/?inst\]",
    re.IGNORECASE,
)
"""Text that speaks to a language model instead of to readers; searched in folded text."""
