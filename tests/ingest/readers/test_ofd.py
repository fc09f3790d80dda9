"""OFD files written for the tests: pages in mm, text objects with a baseline and steps."""

from pathlib import Path

import pytest

from corpus.errors import DamagedFile, NeedsOcr
from ingest.blocks import ReadFile
from ingest.readers import read_file
from tests.ingest.readers.files import write_zip

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SIZE = 5.0
BODY = [
    "为做好志愿服务站点建设，现将有关事项通知如下，请各单位结合实际认真",
    "抓好落实。",
]


def text(content: str, x: float, y: float, size: float = SIZE, steps: str | None = None, **attributes: str) -> str:
    """A text object whose boundary is at (x, y - size) and whose baseline is at y."""
    steps = steps if steps is not None else f"g {len(content) - 1} {size}" if len(content) > 1 else ""
    delta = f' DeltaX="{steps}"' if steps else ""
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y - size} 150 10" Size="{size}" Font="1"{extra}>'
        f'<ofd:TextCode X="0" Y="{size}"{delta}>{content}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str, head: str = "") -> str:
    content = f'<ofd:Content><ofd:Layer ID="9">{"".join(objects)}</ofd:Layer></ofd:Content>'
    return f"<ofd:Page {NAMESPACE}>{head}{content}</ofd:Page>"


def write_ofd(path: Path, pages: list[str], common: str = "", info: str = "", **parts: str) -> Path:
    listed = "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(pages)))
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    document = (
        f"<ofd:Document {NAMESPACE}><ofd:CommonData>{area}{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages><ofd:Annotations>Annots.xml</ofd:Annotations></ofd:Document>"
    )
    body = f"<ofd:DocBody><ofd:DocInfo>{info}</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
    files = {
        "OFD.xml": f'<ofd:OFD {NAMESPACE} Version="1.0">{body}</ofd:OFD>',
        "Doc_0/Document.xml": document,
    }
    files |= {f"Doc_0/Pages/Page_{i}/Content.xml": content for i, content in enumerate(pages)}
    files |= {f"Doc_0/{name}.xml": content for name, content in parts.items()}
    return write_zip(path, files)


def texts(read: ReadFile) -> list[str]:
    return [block.text for block in read.blocks]


def notice() -> list[str]:
    """Title, a paragraph of two lines, another paragraph."""
    return [
        text("关于做好站点建设的通知", 70, 40, size=8),
        text(BODY[0], 30, 60),
        text(BODY[1], 20, 68),
        text("各单位要明确专人负责，按季度报送进展情况，年底前组织检查，对长期不", 30, 76),
        text("开门的站点予以通报。", 20, 84),
        text("本通知自印发之日起执行。", 30, 92),
    ]


def test_lines_become_paragraphs_and_large_type_a_heading(tmp_path: Path) -> None:
    title = "关于做好站点建设的通知"
    read = read_file(write_ofd(tmp_path / "a.ofd", [page(*notice())], info=f"<ofd:Title>{title}</ofd:Title>"))
    assert texts(read) == [
        title,
        "".join(BODY),
        "各单位要明确专人负责，按季度报送进展情况，年底前组织检查，对长期不开门的站点予以通报。",
        "本通知自印发之日起执行。",
    ]
    assert read.blocks[0].heading_level == 1
    assert (read.reader, read.media_type, read.properties) == ("ofd", "application/ofd", {"title": title})


def test_glyphs_placed_one_by_one_are_one_line_and_far_ones_are_not(tmp_path: Path) -> None:
    single = [text(character, 30 + SIZE * index, 60) for index, character in enumerate("逐字定位的一行")]
    latin = [
        text("Word", 30, 80, steps="2.5 2.5 2.5"),
        text("by", 44, 80, steps="2.5"),
        text("word", 52, 80, steps="2.5"),
    ]
    cells = text("左栏右栏", 30, 100, steps=f"{SIZE} 60 {SIZE}")
    read = read_file(write_ofd(tmp_path / "a.ofd", [page(*reversed(single), *latin, cells)]))
    assert texts(read) == ["逐字定位的一行", "Word by word", "左栏  右栏"]


def test_what_is_drawn_twice_or_invisible_is_not_read_twice(tmp_path: Path) -> None:
    bold = text("加粗的标题", 30, 40)
    hidden = text("看不见的字", 30, 60, Visible="false")
    slanted = text("内部资料", 60, 120, CTM="0.7 -0.7 0.7 0.7 0 0")
    read = read_file(write_ofd(tmp_path / "a.ofd", [page(bold, bold, hidden, slanted, text("正文一行", 30, 80))]))
    assert texts(read) == ["加粗的标题", "正文一行"]
    assert [(item.kind, item.text) for item in read.removed] == [("watermark", "内部资料")]


def test_templates_composites_and_annotations(tmp_path: Path) -> None:
    inner = f"<ofd:Content>{text('复合对象里的字', 0, SIZE)}</ofd:Content>"
    unit = f'<ofd:CompositeGraphicUnit ID="7">{inner}</ofd:CompositeGraphicUnit>'
    common = (
        '<ofd:TemplatePage ID="3" BaseLoc="/Doc_0/Form.xml"/><ofd:DocumentRes>Resources.xml</ofd:DocumentRes>'
    )  # fmt: skip
    form = page(text("收文登记表", 30, 20))
    composite = '<ofd:CompositeObject ID="8" ResourceID="7" Boundary="30 55 100 10"/>'
    content = page(composite, text("末行", 30, 90), head='<ofd:Template TemplateID="3" ZOrder="Background"/>')
    read = read_file(
        write_ofd(
            tmp_path / "a.ofd",
            [content],
            common,
            Form=form,
            Resources=f"<ofd:Res {NAMESPACE}>{unit}</ofd:Res>",
            Annots=f"<ofd:Annotations {NAMESPACE}><ofd:FileLoc>A_0.xml</ofd:FileLoc></ofd:Annotations>",
            A_0=f"<ofd:PageAnnot {NAMESPACE}><ofd:Annot>{text('保密', 1, 1) * 3}</ofd:Annot></ofd:PageAnnot>",
        )
    )
    assert texts(read) == ["收文登记表", "复合对象里的字", "末行"]
    assert [(item.kind, item.text) for item in read.removed] == [("annotation", "保密")]


def test_paths_and_names_of_careless_producers(tmp_path: Path) -> None:
    files = {
        "ofd.XML": '<OFD xmlns="urn:other"><DocBody><DocRoot>\\文档\\Document.xml</DocRoot></DocBody></OFD>',
        "文档/document.xml": '<x:D xmlns:x="urn:other"><x:Page BaseLoc="../文档/页.xml"/></x:D>',
        "文档/页.xml": page(text("路径不规范也能读", 30, 60)),
    }
    path = write_zip(tmp_path / "a.ofd", files)
    data = path.read_bytes()
    for name in files:  # names as an old archiver writes them: GBK, not marked as UTF-8
        data = data.replace(name.encode(), name.encode("gb18030").ljust(len(name.encode()), b"_"))
    assert texts(read_file(path)) == ["路径不规范也能读"]


@pytest.mark.parametrize(
    ("objects", "error", "reason"),
    [
        ('<ofd:ImageObject ID="1" ResourceID="2" Boundary="0 0 210 297"/>', NeedsOcr, "图片或图形"),
        ('<ofd:PathObject ID="1" Boundary="0 0 210 297"/>', NeedsOcr, "图片或图形"),
        (text("\ue11c\ue234\ue288\ue0c0浏览", 30, 60), NeedsOcr, "字体没有给出"),
        ("", DamagedFile, "没有可以入库的文字"),
    ],
)
def test_pages_without_readable_text(tmp_path: Path, objects: str, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        read_file(write_ofd(tmp_path / "a.ofd", [page(objects)]))


def test_a_page_of_pictures_among_others_is_said(tmp_path: Path) -> None:
    picture = page('<ofd:ImageObject ID="1" ResourceID="2" Boundary="0 0 210 297"/>')
    read = read_file(write_ofd(tmp_path / "a.ofd", [page(*notice()), page(*notice()), picture]))
    assert read.warnings == ("第 3 页是图片或图形，其中的文字没有入库。",)


@pytest.mark.parametrize("steps", ["g 999999999 1", "g -5 2", "1e309 nan", "x y", "g 3"])
def test_malformed_numbers_end_in_text_or_a_named_error(tmp_path: Path, steps: str) -> None:
    empty = text("", 30, 30, steps="1 2 3")
    path = write_ofd(tmp_path / "a.ofd", [page(empty, text("一二三", 30, 60, steps=steps), text("末行", 30, 90))])
    assert "".join(texts(read_file(path))) == "一二三末行"
