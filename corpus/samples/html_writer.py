"""Pages of a government site and of a university site: metadata, navigation, container, footer."""

from collections.abc import Iterable
from html import escape

from corpus.samples.source import NOTICE, Source, SourceBlock

_SITES = {
    "government": ("UCAP-CONTENT", "pages_content", "首页|政务公开|政策文件|办事服务|互动交流|数据发布"),
    "department": ("zoom", "TRS_Editor", "网站首页|机构设置|通知公告|政策法规|工作动态|专题专栏"),
    "university": ("vsb_content", "v_news_content", "首页|研究院概况|通知公告|课题管理|成果发布|志愿服务"),
}
_ALIGN = {
    "right": "text-align: right;",
    "center": "text-align: center;",
    "attachment": "text-align: center;",
    "head": "text-align: center; color: #c00;",
}


def render_html(source: Source) -> bytes:
    """A page of the site named by ``layout.site``; ``layout.header`` fills the table above the title."""
    layout = source.layout
    container, container_class, menu = _SITES[layout["site"]]
    header: dict[str, str] = layout.get("header", {})
    published = layout["published"]
    page = f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{escape(source.title)}_{escape(layout["site_name"])}</title>
<meta name="SiteName" content="{escape(layout["site_name"])}">
<meta name="ColumnName" content="{escape(layout["column"])}">
<meta name="ArticleTitle" content="{escape(source.title)}">
<meta name="PubDate" content="{published} 09:00">
<meta name="ContentSource" content="{escape(layout["origin"])}">
<meta name="Description" content="{NOTICE}">
<script>var siteId = "1"; function printPage() {{ window.print(); }}</script>
</head>
<body>
<div class="header"><a href="/">{escape(layout["site_name"])}</a>
<ul class="nav">{_links(menu.split("|"))}</ul>
</div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/list/">{escape(layout["column"])}</a> &gt; 正文</div>
{_header_table(header)}<h1 class="article-title">{escape(source.title)}</h1>
<div class="article-info">发布时间：{published}　来源：{escape(layout["origin"])}　字体：【大 中 小】　浏览次数：</div>
<div id="{container}" class="{container_class}">
{chr(10).join(_element(block) for block in source.blocks if block.role != "title")}
</div>
<div class="related"><h3>相关稿件</h3><ul>{_links(layout["related"])}</ul></div>
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a> <a href="javascript:printPage()">打印本页</a></div>
<div class="footer"><p>主办单位：{escape(layout["origin"])}　<a href="#">网站地图</a> <a href="#">联系我们</a></p>
<p>{NOTICE}</p></div>
</body>
</html>
"""
    return page.encode("utf-8")


def _links(texts: Iterable[str]) -> str:
    return "".join(f'<li><a href="#">{escape(text)}</a></li>' for text in texts)


def _header_table(header: dict[str, str]) -> str:
    if not header:
        return ""
    pairs = [f"<td><b>{escape(key)}：</b></td><td>{escape(value)}</td>" for key, value in header.items()]
    rows = [f"<tr>{''.join(pairs[start : start + 2])}</tr>" for start in range(0, len(pairs), 2)]
    return '<table class="bd1"><tbody>\n' + "\n".join(rows) + "\n</tbody></table>\n"


def _element(block: SourceBlock) -> str:
    if block.role == "table":
        header, *rows = block.rows
        lines = ["".join(f"<th>{escape(cell)}</th>" for cell in header)]
        lines += ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
        return "<table>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"
    text = escape(block.text)
    if block.role == "heading":
        text = f"<strong>{text}</strong>"
    if block.role in ("left", *_ALIGN):
        return f'<p style="{_ALIGN.get(block.role, "")}">{text}</p>'
    return f"<p>\u3000\u3000{text}</p>"
