"""The page of questions with a language model that takes its time."""

import os

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from tests.api.lunku import lunku, served, write_files
from tests.search.generation.endpoint import quoting, running, says

QUESTION = "巡护物资由谁统一配发？"


@pytest.fixture(scope="module")
def address(programs, tmp_path_factory):
    """A small library with a language model."""
    folder = tmp_path_factory.mktemp("streaming")
    with running() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LUNKU_")]:
            patch.delenv(name)
        endpoint.behaviour = says(quoting)
        lunku(folder / "data", "ingest", write_files(folder / "files"), code=1)
        patch.setenv("LUNKU_LLM_BASE_URL", endpoint.url)
        patch.setenv("LUNKU_LLM_MODEL", "某模型")
        with served(folder / "data") as (_, address):
            yield address


@pytest.mark.parametrize("scripts", [True, False])
def test_an_answer_comes_with_and_without_scripts(browser, scripts):
    browser.run_scripts(allowed=True)
    browser.open("/ask")
    body = browser.driver.find_element("tag name", "body")
    browser.run_scripts(allowed=scripts)
    browser.field("问题").send_keys(QUESTION)
    browser.button("提问").click()
    if scripts:
        WebDriverWait(browser.driver, 20).until(lambda _: browser.all("ol.sources"))
        assert body.is_displayed(), "the page was not left"
        assert not browser.all("[aria-busy]")
    else:
        browser.wait_for_next_page(body)
    assert browser.path == "/ask"
    assert "某模型" in browser.text
    assert browser.all("section.answer p"), "the endpoint quotes the first sentence of every source"
    assert browser.driver.title.startswith(QUESTION)


def test_a_second_question_follows_on_the_first_and_back_leads_to_it(browser):
    browser.open("/ask")
    for text in (QUESTION, "意外保险怎么办理？"):
        box = browser.field("问题")
        box.clear()
        box.send_keys(text)
        browser.button("提问").click()
        WebDriverWait(browser.driver, 20).until(lambda _, text=text: browser.driver.title.startswith(text))
    assert len(browser.all("form.search input[name=before]")) == 2
    browser.driver.back()
    WebDriverWait(browser.driver, 20).until(lambda _: browser.driver.title.startswith(QUESTION))
