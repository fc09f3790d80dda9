"""Chromium on a served sample library. Where it is not installed the tests are skipped; with ``CI=true`` they fail."""

import json
import os
import shutil
from contextlib import ExitStack
from urllib.parse import urlencode, urlsplit

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from corpus.samples.source import FILES_DIR
from corpus.settings import DEMO_GROUPS
from tests.api.lunku import lunku, served

DESKTOP = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
SMALL_PHONE = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}
LOGS = {"browser": "ALL", "performance": "ALL"}


class Browser:
    """A window on the served library, asked the way its users find things: by what they read."""

    def __init__(self, driver, address):
        self.driver = driver
        self.address = address

    def open(self, path="/", **query):
        self.driver.get(f"{self.address}{path}" + (f"?{urlencode(query)}" if query else ""))

    def field(self, name):
        """The field with this label."""
        label = f"@aria-label='{name}' or ancestor::label[contains(normalize-space(), '{name}')]"
        return self.driver.find_element(By.XPATH, f"//*[self::input or self::textarea][{label}]")

    def ask(self, field, text, button):
        """Type into a field and press a button; returns when the next page has been loaded."""
        box = self.field(field)
        box.clear()
        box.send_keys(text)
        self.follow(self.button(button))

    def button(self, name):
        return self.driver.find_element(By.XPATH, f"//button[normalize-space()='{name}']")

    def follow(self, element):
        """Click, and wait for the page that comes."""
        body = self.driver.find_element(By.TAG_NAME, "body")
        element.click()
        self.wait_for_next_page(body)

    def wait_for_next_page(self, body):
        """Wait until the page with this body has been left."""
        # Asked at the moment of the change, chromedriver has an error of its own for an element that is gone.
        WebDriverWait(self.driver, 20, 0.1, [WebDriverException]).until(staleness_of(body))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return [element.text for element in self.all(selector)]

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def path(self):
        return urlsplit(self.driver.current_url).path

    def resize(self, metrics):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run_scripts(self, allowed):
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def console(self):
        """What the pages opened since the last look wrote to the console."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requested(self):
        """The address of every request since the last look; ``data:`` ones, as of Chromium's own icons, go nowhere."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [item["params"] for item in messages if item["method"] == "Network.requestWillBeSent"]
        return [item["request"]["url"] for item in sent if not item["request"]["url"].startswith("data:")]


@pytest.fixture(scope="session")
def programs():
    """Chromium and its driver."""
    found = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if missing := [name for name, path in found.items() if path is None]:
        reason = f"not installed: {', '.join(missing)} (apt-get install chromium chromium-driver)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def address(programs, tmp_path_factory):
    """Where the samples are served, to everybody."""
    data_dir = tmp_path_factory.mktemp("browser") / "data"
    with ExitStack() as opened:
        # The settings are for the server alone: this fixture stays to the end, with other tests around it.
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("LUNKU_")]:
                patch.delenv(name)
            patch.setenv("LUNKU_ANONYMOUS_GROUPS", DEMO_GROUPS)
            lunku(data_dir, "ingest", FILES_DIR)
            _, address = opened.enter_context(served(data_dir))
        yield address


@pytest.fixture(scope="session")
def driver(programs):
    options = ChromeOptions()
    options.binary_location = programs["chromium"]
    options.set_capability("goog:loggingPrefs", LOGS)
    options.add_argument("--headless=new")
    options.add_argument("--disable-gpu")
    options.add_argument("--disable-dev-shm-usage")
    options.add_argument("--lang=zh-CN")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium refuses to run as root with it.
    with Chrome(options, ChromeService(programs["chromedriver"])) as driver:
        driver.set_page_load_timeout(30)
        yield driver


@pytest.fixture
def browser(driver, address):
    """A desktop window with nothing left of the test before; afterwards no page may have complained."""
    browser = Browser(driver, address)
    browser.resize(DESKTOP)
    browser.run_scripts(allowed=True)
    driver.get("about:blank")
    browser.console(), browser.requested()
    yield browser
    assert not browser.console()
