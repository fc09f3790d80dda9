"""Where the article is on a page, and what on it is navigation."""

import re

from lxml import html

_CONTAINERS = (
    "#UCAP-CONTENT",
    ".pages_content",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    ".trs_editor_view",
    "#zoom",
    ".b12c",
    "#div_zhengwen",
    ".article-content",
    ".v_news_content",
    ".wp_articlecontent",
    "#vsb_content",
    "#js_content",
    ".rm_txt_con",
    ".entry-content",
    "article",
    "main",
)
"""Containers of the content management systems of Chinese government and university sites, most specific first."""
_LEAST_TEXT = 40
_META_FIELDS = {
    "articletitle": "title",
    "pubdate": "published_on",
    "contentsource": "content_source",
    "columnname": "column_name",
    "sitename": "site_name",
    "url": "url",
    "author": "author",
}
"""Names in <meta> by the guideline for government sites (国办发〔2017〕47号) → property."""
_INVISIBLE_TAGS = frozenset({
    "script", "style", "noscript", "template", "head", "select", "input", "textarea", "button", "iframe",
    "object", "svg", "canvas", "audio", "video", "map",
})  # fmt: skip
_INVISIBLE_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NAVIGATION_TAGS = frozenset({"nav", "aside", "footer"})
_NAVIGATION_NAMES = re.compile(
    r"(?i)(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|crumbs?|related|relevant|xgjd|xgwj|share|bdsharebuttonbox|sidebar|footer"
    r"|copyright|qr_container|qrcode|toolbar|pagination|pager|comments?)(?:$|[\s_-])"
)
_WIDGET_LINE = re.compile(
    r"^[\s\u3000\xa0【\[]*(?:扫一扫在手机打开当前页|分享到.{0,12}|打印本页|打印|关闭窗口|关闭本页|关闭|字体[:：].{0,12}"
    r"|返回顶部|相关链接[:：]?|相关稿件[:：]?|相关阅读[:：]?|上一[篇条][:：].*|下一[篇条][:：].*|我要纠错.{0,10})[\s\u3000\xa0】\]]*$"
)


def squeeze(text: str) -> str:
    """``text`` without white space."""
    return "".join(text.split())


def metadata_of(root: html.HtmlElement) -> dict[str, str]:
    """Properties that <title> and <meta> give; the site's name is cut off <title>."""
    properties: dict[str, str] = {}
    title = " ".join((root.findtext(".//title") or "").split())
    if title:
        properties["title"] = re.split(r"\s*[_|]\s*|\s+[-—–]+\s+|--", title)[0].strip() or title
    for meta in root.iter("meta"):
        name = _META_FIELDS.get((meta.get("name") or "").strip().lower())
        content = (meta.get("content") or "").strip()
        if name and content:
            properties[name] = content
    return properties


def container_of(body: html.HtmlElement) -> html.HtmlElement | None:
    """The element that holds the article, by the first known container with text in it."""
    best: tuple[int, html.HtmlElement] | None = None
    for selector in _CONTAINERS:
        for element in _select(body, selector):
            length = len(squeeze(element.text_content()))
            if best is None or length > best[0]:
                best = (length, element)
        if best and best[0] >= _LEAST_TEXT:
            return best[1]
    return best[1] if best and best[0] else None


def _select(body: html.HtmlElement, selector: str) -> list[html.HtmlElement]:
    name = selector[1:]
    if selector[0] == "#":
        return list(body.xpath("descendant-or-self::*[@id=$name]", name=name))
    if selector[0] == ".":
        return list(
            body.xpath(
                "descendant-or-self::*[contains(concat(' ', normalize-space(@class), ' '), $name)]", name=f" {name} "
            )
        )
    return list(body.iter(selector))


def main_text(body: html.HtmlElement, source: str) -> str | None:
    """The squeezed text of the article where no container is known (by trafilatura), or None: the whole page is one.

    A page without navigation is taken whole: what a person wrote by hand, or saved from a reader view.
    """
    total = len(squeeze(body.text_content()))
    linked = sum(len(squeeze(link.text_content())) for link in body.iter("a"))
    if linked <= 0.2 * total:
        return None
    import trafilatura

    article = trafilatura.extract(source, include_comments=False, include_tables=True, favor_recall=True)
    text = squeeze(article or "")
    return re.sub(r"\|", "", text) if len(text) >= _LEAST_TEXT else None


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether a browser would show nothing of ``element``."""
    return (
        element.tag in _INVISIBLE_TAGS
        or element.get("hidden") is not None
        or bool(_INVISIBLE_STYLE.search(element.get("style", "")))
    )


def is_navigation(element: html.HtmlElement) -> bool:
    """Whether ``element`` is no part of the article it stands in, by its tag or its names."""
    if element.tag in ("body", "html", "td", "tr", "table", "span", "p"):
        return False
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag in _NAVIGATION_TAGS or bool(_NAVIGATION_NAMES.search(names))


def is_widget_line(line: str) -> bool:
    """Whether a line is a button of the page (打印, 分享到 …)."""
    return bool(_WIDGET_LINE.match(line))
