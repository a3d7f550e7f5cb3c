"""Headless Chromium, as a person uses it: keys and clicks, and what is there to see and to hear."""

import json
import pathlib
from collections.abc import Callable
from urllib.parse import urlencode

import axe_core_python
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

# Far beyond what anything takes: this machine may do much else.
LIMIT_S = 120
AXE = (pathlib.Path(axe_core_python.__file__).parent / "axe.min.js").read_text()


class Browser:
    """Runs for as long as the `with` block."""

    def __init__(self, address: str) -> None:
        self.address = address
        options = webdriver.ChromeOptions()
        for flag in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "no-proxy-server", "disable-gpu"):
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(LIMIT_S)
        self.driver.set_script_timeout(LIMIT_S)
        self.resize(1280)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()

    def resize(self, width: int, height: int = 900) -> None:
        """Size of the viewport; a window cannot be as narrow as a phone."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def colours(self, scheme: str) -> None:
        """`light` or `dark`, as the system would have it."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def open(self, **settings: object) -> None:
        """The page afresh, with the link that these settings are."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.address}/" + (f"#{urlencode(settings)}" if settings else ""))
        self.wait(lambda: self.script("return document.documentElement.dataset.ready"), "the page is ready")

    def wait(self, found: Callable[[], object], what: str) -> object:
        """What the function returns as soon as that is something."""
        wait = WebDriverWait(self.driver, LIMIT_S, 0.02, ignored_exceptions=[StaleElementReferenceException])
        return wait.until(lambda _: found(), f"not within {LIMIT_S} s: {what}; {self.text('state')} {self.text('notice')}")

    def script(self, text: str, *arguments: object) -> object:
        return self.driver.execute_script(text, *arguments)

    def get(self, identity: str) -> WebElement:
        return self.driver.find_element(By.ID, identity)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, identity: str) -> str:
        return str(self.script("return document.getElementById(arguments[0])?.textContent ?? ''", identity))

    def type(self, identity: str, *keys: str) -> None:
        """Puts the keys in place of what a field has."""
        element = self.get(identity)
        self.script("arguments[0].select ? arguments[0].select() : 0", element)
        element.send_keys(*keys)

    def value(self, identity: str) -> str:
        return str(self.get(identity).get_property("value"))

    def is_finished(self) -> bool:
        return self.get("result").is_displayed()

    def hashes(self) -> list[str]:
        """Of the finished images in the easel, as the service gave them."""
        return [sheet.get_attribute("data-sha256") for sheet in self.all("#canvas .sheet[data-sha256]")]

    def violations(self) -> list[str]:
        """What axe-core has against the page as it is."""
        self.script(AXE)
        result = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run().then(done, (e) => done({error: String(e)}));"
        )
        assert "error" not in result, result
        assert len(result["passes"]) > 20, "axe-core looked at next to nothing"
        return [
            f"{found['id']}: {found['help']}: {json.dumps([node['html'][:200] + ' ' + node['failureSummary'] for node in found['nodes']])}"
            for found in result["violations"]
        ]

    def complaints(self) -> list[str]:
        """What the browser has against the page since the last time: errors, and breaches of its policy."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def picture(self, path: str) -> None:
        """Of the whole page."""
        height = int(self.script("return document.documentElement.scrollHeight"))
        width = int(self.script("return innerWidth"))
        self.resize(width, height)
        self.driver.save_screenshot(path)
        self.resize(width)
