import json
import subprocess

import pytest
from selenium.webdriver.common.keys import Keys

# Long enough to be looked at, on a machine of any speed.
SLOW = {"class": 4, "seed": 11, "count": 4, "sampler": "mar-256"}
# The most that one job may be.
ENDLESS = {"class": 1, "seed": 1, "count": 16, "sampler": "mar-256"}
QUICK = {"class": 2, "seed": 5, "sampler": "gtr-16"}


def paint(browser):
    browser.get("paint").click()
    browser.wait(browser.is_finished, "the images are there")


def fits(browser):
    return browser.script("return document.documentElement.scrollWidth <= innerWidth")


def test_a_subject_is_chosen_by_keyboard_and_painted_before_the_eyes(browser):
    browser.open(**SLOW)
    browser.type("class", "lass 3")
    browser.wait(lambda: "1 subject" in browser.text("class-count"), "the list is filtered")
    browser.get("class").send_keys(Keys.ENTER)
    assert browser.value("class") == "class 3"
    browser.get("class").send_keys(Keys.ARROW_DOWN)
    active = browser.get("class").get_attribute("aria-activedescendant")
    assert active == "class-4"
    browser.get("class").send_keys(Keys.ESCAPE, Keys.TAB)
    assert browser.value("class") == "class 3"
    # What is seen is kept by the page itself: a look now and then from here would miss what is quick.
    browser.script("""
        window.seen = {previews: new Set(), states: [], heard: []};
        new MutationObserver(() => {
          for (const image of document.querySelectorAll('#canvas img[src^="data:"]')) window.seen.previews.add(image.src);
          window.seen.states.push(document.getElementById('state').textContent);
          window.seen.heard.push(document.getElementById('announcer').textContent);
        }).observe(document.getElementById('easel'), {subtree: true, childList: true, characterData: true});
    """)
    browser.get("paint").send_keys(Keys.ENTER)
    browser.wait(browser.is_finished, "the images are there")
    seen = browser.script("return {...window.seen, previews: window.seen.previews.size}")
    assert seen["previews"] >= 2
    assert any("step" in state for state in seen["states"])
    heard = list(dict.fromkeys(seen["heard"]))
    assert "Painting the structure" in heard and any("images painted in" in text for text in heard)
    assert len(heard) < 12, "a screen reader hears of stages, not of steps"
    assert browser.text("title") == "class 3" and len(browser.hashes()) == 4
    images = browser.all("#canvas img")
    assert all(image.get_property("naturalWidth") > 0 for image in images)
    assert images[1].get_attribute("alt") == "class 3, image 2, seed 12"
    stages = [item.get_attribute("data-stage") for item in browser.all("#time-list li")]
    assert stages == ["queue", "structure", "vae", "png"]
    assert browser.all("#time-bar span")[1].size["width"] > browser.all("#time-bar span")[3].size["width"]


def test_a_link_fills_the_form_and_makes_the_same_image(browser, ask):
    browser.open(**QUICK, guidance=2.35, temperature=0.9, guidance_schedule="constant")
    paint(browser)
    first = browser.hashes()
    link = browser.value("link")
    assert len(first) == 1 and link == browser.driver.current_url
    browser.driver.get("about:blank")
    browser.driver.get(link)
    browser.wait(lambda: browser.value("seed") == "5", "the form is filled")
    assert (browser.value("class"), browser.value("guidance"), browser.value("temperature")) == ("class 2", "2.35", "0.9")
    paint(browser)
    assert browser.hashes() == first
    ground = "return getComputedStyle(document.querySelector('#canvas .sheet'), '::before').display"
    assert browser.script(ground) == "none"  # else a line of it shows above the image
    image = ask("/v1/generations?limit=1")
    made = json.loads(image[2])["data"][0]
    assert made["images"][0]["sha256"] == first[0] and made["settings"]["guidance"] == 2.35


def test_a_link_carries_a_sampler_of_ones_own(browser):
    sampler = {"preset": "gtr-16", "steps": [5, 2, 1], "diffusion_steps": {"max": 12, "min": 6}}
    browser.open(**{"class": 1}, seed=3, sampler=json.dumps(sampler))
    assert "changed" in browser.script("const s = document.getElementById('sampler'); return s.selectedOptions[0].text")
    paint(browser)
    assert '"steps":[5,2,1]' in browser.value("curl") and "%5B5%2C2%2C1%5D" in browser.value("link")


def test_the_command_makes_the_same_image(browser, tmp_path):
    browser.open(**QUICK)
    paint(browser)
    command = browser.value("curl")
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, capture_output=True)
    digest = subprocess.run(["sha256sum", tmp_path / "image.png"], capture_output=True, check=True, text=True).stdout
    assert digest.split()[0] == browser.hashes()[0]


def test_cancel_stops_the_job(browser, job, ask):
    browser.open(**ENDLESS)
    browser.get("paint").click()
    browser.wait(lambda: "step" in browser.text("state"), "the job runs")
    running = json.loads(ask("/v1/generations?status=running")[2])["data"]
    assert len(running) == 1
    browser.get("cancel").click()
    browser.wait(lambda: browser.text("state") == "Cancelled.", "the page says so")
    assert job(running[0]["id"])["status"] == "cancelled"
    browser.wait(lambda: not browser.get("cancel").is_displayed(), "the button is gone")
    assert not browser.is_finished()


def test_a_waiting_job_shows_its_place(browser, ask):
    body = json.dumps({**ENDLESS, "sampler": "mar-256"})
    submit = ("-H", "Content-Type: application/json", "-d", body)
    others = [json.loads(ask("/v1/generations", *submit)[2])["id"] for _ in range(2)]
    try:
        browser.open(**QUICK)
        browser.get("paint").click()
        browser.wait(lambda: "Number 2 in the queue" in browser.text("state"), "the place is shown")
        ask(f"/v1/generations/{others[1]}/cancel", "-X", "POST")
        browser.wait(lambda: "Next in the queue" in browser.text("state"), "it moves up")
    finally:
        for other in others:
            ask(f"/v1/generations/{other}/cancel", "-X", "POST")
    browser.wait(browser.is_finished, "it runs in the end")


def test_the_gallery_opens_what_was_made(browser):
    browser.open(**QUICK, count=2)
    paint(browser)
    made = browser.hashes()
    browser.open()
    entry = browser.wait(lambda: next(iter(browser.all("#jobs button")), None), "the gallery is there")
    entry.click()
    browser.wait(browser.is_finished, "the job is shown")
    assert browser.hashes() == made and browser.value("seed") == "5" and browser.value("count") == "2"


def test_an_image_is_painted_again_and_compared(browser):
    browser.open(**QUICK)
    paint(browser)
    browser.get("verify").click()
    browser.wait(lambda: browser.text("verify-result").startswith("Identical"), "the images are compared")


def test_a_refusal_is_said_in_the_services_words(browser):
    browser.open(**{"class": 1}, seed=1, sampler=json.dumps({"preset": "gtr-16", "steps": [999, 1, 1]}))
    browser.get("paint").click()
    browser.wait(lambda: browser.get("notice").is_displayed(), "there is a notice")
    assert "sampler/steps" in browser.text("notice") and browser.get("notice").get_attribute("role") == "alert"
    # Chromium itself notes replies that are refusals.
    assert all("400 (Bad Request)" in message for message in browser.complaints())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_in_the_way_of_anybody(browser, scheme, width):
    browser.resize(width)
    browser.colours(scheme)
    browser.open(**QUICK)
    assert browser.violations() == [] and fits(browser)
    paint(browser)
    assert browser.violations() == [] and fits(browser)
    browser.type("class", "nothing like this")
    browser.get("key-button").click()
    browser.wait(lambda: browser.get("key").is_displayed(), "the dialog is open")
    assert browser.violations() == [] and fits(browser)
    browser.get("key").send_keys(Keys.ESCAPE)


def test_the_switch_is_remembered(browser):
    browser.open()
    paper = "return getComputedStyle(document.body).backgroundColor"
    light = browser.script(paper)
    browser.get("theme-button").click()
    dark = browser.script(paper)
    assert dark != light
    browser.open()
    assert browser.script(paper) == dark and browser.text("theme-button") == "Light"
    browser.get("theme-button").click()
    assert browser.script(paper) == light
    browser.script("localStorage.clear()")


def test_a_key_goes_with_every_request_of_this_tab(browser):
    browser.open(**QUICK)
    browser.get("key-button").click()
    browser.wait(lambda: browser.get("key").is_displayed(), "the dialog is open")
    browser.script("""
        const plain = window.fetch;
        window.sent = [];
        window.fetch = (path, options) => {
          window.sent.push([path, options.headers.Authorization]);
          return plain(path, options);
        };
    """)
    browser.get("key").send_keys("secret", Keys.ENTER)
    browser.wait(lambda: browser.script("return window.sent.length > 2"), "the page asks anew")
    paint(browser)
    sent = browser.script("return window.sent")
    assert all(authorization == "Bearer secret" for _, authorization in sent)
    paths = " ".join(path for path, _ in sent)
    assert "/events" in paths and "/images/0" in paths
    assert browser.all("#canvas img")[0].get_attribute("src").startswith("blob:")
    browser.script("sessionStorage.clear()")


def test_the_page_is_small_strict_and_only_for_browsers(ask):
    _, header, page = ask("/", "-H", "Accept: text/html,application/xhtml+xml,*/*;q=0.8")
    assert "content-type: text/html" in header and "x-content-type-options: nosniff" in header
    policy = next(line for line in header.splitlines() if line.startswith("content-security-policy: "))
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy.split(": ", 1)[1]
    assert b"style=" not in page and b"onclick" not in page and b"<script>" not in page
    size = len(page)
    names = ["page.css", "page.svg", "theme.js", "main.js"]
    for name in names:
        status, header, body = ask(f"/page/{name}")
        assert status == 200, name
        size += len(body)
        tag = next(line for line in header.splitlines() if line.startswith("etag: ")).split(": ", 1)[1]
        assert ask(f"/page/{name}", "-H", f"If-None-Match: {tag}")[0] == 304
        # What a module imports, it is made of.
        for line in body.decode().splitlines():
            if line.startswith("import ") and (part := line.split("'")[1].removeprefix("./")) not in names:
                names.append(part)
    assert len(names) == 11 and size < 100_000
    status, header, body = ask("/")
    assert status == 200 and "content-type: application/json" in header and "vary: accept" in header
    assert json.loads(body)["links"]["contract"].endswith("/openapi.json")
