"""What users see: the pages in Chromium, over the samples, from a running server."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import PHONE, SMALL_PHONE

QUESTION = "宣讲员接到派单以后，几个工作日内要确认？"
ANSWER = "宣讲员2个工作日内确认为接单"


def search(browser, text):
    browser.open()
    browser.ask("检索内容", text, "检索")


def test_a_search_from_the_box_shows_highlighted_hits(browser):
    search(browser, "点单派单")
    assert re.search(r"找到 \d+ 处", browser.text)
    hits = browser.all("article")
    assert len(hits) == 10
    assert "派单" in "".join(browser.texts("article mark"))
    assert browser.field("检索内容").get_attribute("value") == "点单派单", "what was asked stays in the box"
    for hit in hits:
        assert hit.find_element(By.TAG_NAME, "h2").text
        assert "《" in hit.text, "every hit can be cited"
        marks = hit.find_elements(By.TAG_NAME, "mark")
        assert not marks or marks[0].is_displayed(), "what matched is in sight, however long the passage"


def test_a_quoted_phrase_is_found_letter_by_letter(browser):
    search(browser, "“板凳课堂”")
    assert browser.all("article")
    assert set(browser.texts("article mark")) == {"板凳课堂"}
    for hit in browser.all("article"):
        assert "板凳课堂" in hit.text


def test_a_hit_opens_the_reading_view_at_its_passage(browser):
    search(browser, "“2个工作日内确认”")
    title = browser.texts("article h2 a")[0]
    browser.follow(browser.all("article h2 a")[0])
    assert browser.texts("h1") == [title]
    assert_opened_at(browser, "2个工作日内确认")


def assert_opened_at(browser, text):
    """The address names a place on the page that holds the text, is marked, and is in sight."""
    anchor = urlsplit(browser.driver.current_url).fragment
    place = browser.driver.find_element(By.ID, anchor)
    marked = "".join(browser.texts(".marked"))
    assert text in marked
    assert place.text in marked
    top, header = place.rect["y"], browser.all("header")[0].rect["height"]
    scrolled = browser.driver.execute_script("return window.scrollY")
    assert header <= top - scrolled < browser.driver.execute_script("return window.innerHeight")
    colour = browser.all(".marked")[0].value_of_css_property("background-color")
    assert colour != browser.all("article")[0].value_of_css_property("background-color")


def test_an_answer_cites_the_passage_that_it_was_taken_from(browser):
    browser.open("/ask")
    browser.ask("问题", QUESTION, "提问")
    assert ANSWER in browser.text
    number = next(link for link in browser.all("main p a") if link.text == "[1]")
    number.click()
    source = browser.driver.find_element(By.ID, urlsplit(browser.driver.current_url).fragment)
    quote = source.find_element(By.TAG_NAME, "blockquote").text
    assert quote in browser.text
    browser.follow(source.find_element(By.TAG_NAME, "a"))
    assert_opened_at(browser, quote)


def test_an_abstention_says_so_and_shows_no_answer(browser):
    browser.open("/ask")
    browser.ask("问题", "火星基地的食堂有几个窗口？", "提问")
    assert "未见直接依据" in browser.text
    assert not browser.all("blockquote")


def test_a_misquoted_sentence_is_shown_with_the_words_that_were_changed(browser):
    browser.open("/quotes")
    browser.field("文稿").send_keys(f"方案说：“{ANSWER.replace('2个', '5个')}。”")
    browser.resize(PHONE)
    browser.follow(browser.button("核验引文"))
    assert browser.texts("article del") == ["2"]
    assert browser.texts("article ins") == ["5"]
    assert_fits(browser)
    browser.follow(browser.all("article a")[0])
    assert_opened_at(browser, ANSWER)


def test_a_hit_leads_to_its_reference_in_full(browser):
    browser.resize(PHONE)
    browser.open("/", q="“2个工作日内确认”")
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "复制引用"))
    assert_fits(browser)
    line, reference, *_ = browser.texts(".copyable")
    assert line.startswith("《")
    assert re.search(r"\[[A-Z]", reference)
    browser.all(".copyable")[1].click()
    assert browser.driver.execute_script("return String(getSelection())").strip() == reference, "one click selects it"


def test_an_empty_result_says_what_to_try(browser):
    search(browser, "“云深不知处的第七块瓦”")
    assert "没有找到" in browser.text
    assert "去掉引号" in browser.text
    assert not browser.all("article")


def test_an_error_is_explained_in_the_page_and_the_query_kept(browser):
    search(browser, "。")
    [alert] = browser.all("[role=alert]")
    assert "检索" in alert.text
    assert browser.field("检索内容").get_attribute("value") == "。"
    assert_only_reports_status(browser, 422)


def test_an_unknown_address_leads_back_to_search(browser):
    browser.resize(PHONE)
    browser.open("/documents/00000000-0000-0000-0000-000000000000")
    assert_fits(browser)
    [alert] = browser.all("[role=alert]")
    assert "没有" in alert.text
    assert_only_reports_status(browser, 404)
    browser.follow(alert.find_element(By.TAG_NAME, "a"))
    assert browser.path == "/"


def assert_only_reports_status(browser, status):
    """Chromium itself notes the status of a page that is an error."""
    [message] = browser.console()
    assert f"status of {status}" in message


def test_filters_narrow_and_stay_in_the_form(browser):
    browser.open()
    browser.all("summary")[0].click()
    browser.driver.find_element(By.XPATH, "//option[normalize-space()='课程材料']").click()
    browser.ask("检索内容", "志愿服务", "检索")
    assert parse_qs(urlsplit(browser.driver.current_url).query)["kind"] == ["course"]
    assert all("课程材料" in hit.text for hit in browser.all("article"))
    assert browser.texts("option:checked")[0] == "课程材料"
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "下一页"))
    assert "第 2 页" in browser.text
    assert all("课程材料" in hit.text for hit in browser.all("article"))


def test_results_can_be_narrowed_grouped_and_sorted_on_a_small_phone(browser):
    browser.resize(SMALL_PHONE)
    browser.open("/", q="志愿服务")
    browser.all("summary")[0].click()
    for choice in ("按日期，新的在前", "每份文献只列一处"):
        browser.driver.find_element(By.XPATH, f"//option[normalize-space()='{choice}']").click()
    browser.field("年份").send_keys("2023")
    assert_fits(browser, SMALL_PHONE["width"], opened=True)
    browser.follow(browser.button("检索"))
    assert re.search(r"找到 \d+ 份文献", browser.text)
    titles = browser.texts("article h2 a")
    assert len(titles) == len(set(titles)) > 1
    dates = [re.search(r"2023年(\d+)月(\d+)日", text) for text in browser.texts("article .citation")]
    dated = [(int(date[1]), int(date[2])) for date in dates if date]
    assert dated == sorted(dated, reverse=True)
    assert browser.field("年份").get_attribute("value") == "2023"
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "清除筛选"))
    assert re.search(r"找到 \d+ 处", browser.text)


def test_a_course_that_was_found_narrows_to_it(browser):
    browser.open("/", q="志愿服务", kind="course")
    link = next(item for item in browser.all(".facets") if item.text.startswith("按课程")).find_element(
        By.TAG_NAME, "a"
    )
    course, count = re.fullmatch(r"(.+)（(\d+)）", link.text).groups()
    browser.follow(link)
    assert browser.field("课程").get_attribute("value") == course
    assert f"找到 {count} 处" in browser.text


def completions(browser, text):
    """What is offered below the search box once ``text`` was typed."""
    box = browser.field("检索内容")
    box.clear()
    box.send_keys(text)
    return WebDriverWait(browser.driver, 20).until(
        lambda _: [item for item in browser.texts(".completions li") if item]
    )


@pytest.mark.parametrize("text", ["板凳", "bandeng", "bdkt"])
def test_what_is_being_typed_is_completed(browser, text):
    browser.resize(SMALL_PHONE)
    browser.open()
    offered = completions(browser, text)
    assert any("板凳课堂" in item for item in offered)
    assert_fits(browser, SMALL_PHONE["width"], opened=True)


def test_a_completion_is_chosen_by_keyboard_and_by_pointer(browser):
    browser.open()
    offered = completions(browser, "板凳")
    box, body = browser.field("检索内容"), browser.all("body")[0]
    box.send_keys(Keys.ARROW_DOWN)
    chosen = browser.all(".completions li[aria-selected=true]")[0]
    assert chosen.text == offered[0]
    name = chosen.get_attribute("data-text")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.send_keys(Keys.ENTER)
    browser.wait_for_next_page(body)
    assert browser.field("检索内容").get_attribute("value") == name
    assert browser.all("article")
    browser.open()
    completions(browser, "板凳")
    browser.follow(browser.all(".completions li")[0])
    assert browser.field("检索内容").get_attribute("value") == name


def test_a_misspelt_name_is_offered_as_it_is_written(browser):
    browser.open()
    assert any("百姓名嘴" in item and "是否要找" in item for item in completions(browser, "百性名嘴"))


def test_the_keyboard_alone_is_enough(browser):
    browser.open()
    focused = browser.driver.switch_to.active_element
    assert focused == browser.field("检索内容"), "typing can start at once"
    body = browser.all("body")[0]
    focused.send_keys("志愿服务记录\n")
    browser.wait_for_next_page(body)
    assert browser.all("article")


PAGES = {
    "home": "/",
    "hits": "/?q=点单派单",
    "many filters": "/?q=志愿服务&kind=policy&date_from=2022-01-01&sort=date",
    "no hits": "/?q=“云深不知处的第七块瓦”",
    "ask": "/ask",
    "answer": f"/ask?q={QUESTION}",
    "abstention": "/ask?q=火星基地的食堂有几个窗口？",
    "quotations": "/quotes",
    "documents": "/documents",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_phone_shows_the_whole_width(browser, path):
    browser.resize(PHONE)
    browser.open(path)
    assert_fits(browser)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_a_small_phone_shows_the_whole_width(browser, path):
    browser.resize(SMALL_PHONE)
    browser.open(path)
    assert_fits(browser, SMALL_PHONE["width"])


def assert_fits(browser, width=PHONE["width"], opened=False):
    """Nothing is beyond the right edge, what can be unfolded included (it is already, if ``opened``)."""
    for details in [] if opened else browser.all("summary"):
        details.click()
    script = """
        const right = arguments[0] + 1
        const every = [...document.body.querySelectorAll("*")]
        const beyond = every.filter(item => item.getBoundingClientRect().right > right)
        return [document.documentElement.scrollWidth, beyond.map(item => item.outerHTML.slice(0, 99))]
    """
    assert browser.driver.execute_script(script, width) == [width, []]


def test_a_phone_reads_every_kind_of_document(browser):
    browser.resize(PHONE)
    for kind in ("policy", "course", "research"):
        browser.open("/documents", kind=kind)
        browser.follow(browser.all("main table a")[0])
        assert_fits(browser)


def test_everything_works_without_scripts(browser):
    browser.run_scripts(allowed=False)
    test_a_hit_opens_the_reading_view_at_its_passage(browser)
    test_an_answer_cites_the_passage_that_it_was_taken_from(browser)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_nothing_is_requested_from_elsewhere(browser, path):
    browser.open(path)
    requested = browser.requested()
    assert len(requested) >= 2, "the page and its style sheet"
    assert {urlsplit(url).netloc for url in requested} == {urlsplit(browser.address).netloc}
