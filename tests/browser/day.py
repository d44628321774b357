"""A day on the pages in headless Chromium: by touch at the size of a phone, by keyboard at that of a desktop, in light and in dark.

    day.py BINARY AXE.js [FOLDER]     writes pictures to FOLDER, if one is named

Every kind of card is met, every page is looked over by axe-core, nothing may stick out of 360 columns, and an answer that is given
while the server is away must be saved once when it is back.
"""

import base64
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

BINARY, AXE = sys.argv[1], pathlib.Path(sys.argv[2]).read_text()
PICTURES = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
HERE = pathlib.Path(__file__).parent
# In a network namespace of the test's own, where a server for the network has an address.
IN_NETWORK = "SYSDRILL_IN_NETWORK" in os.environ
ADDRESS = "192.168.77.5"
NETWORK = f"""ip link set lo up && ip link add net0 type veth peer name net1 && ip addr add {ADDRESS}/24 dev net0 && ip link set net0 up &&
ip link set net1 up && ip route add default dev net0 && exec "$@" """
PHONE, DESKTOP = (360, 740), (1400, 900)
KINDS = {"number", "recall", "probe", "mistake", "cloze", "matrix", "choice", "estimate"}


class World:
    """A folder with a database and the deck, and a server on it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sysdrill-browser-"))
        (self.folder / "config/decks").mkdir(parents=True)
        shutil.copy(HERE / "deck.toml", self.folder / "config/decks/mine.toml")
        self.db = self.folder / "data/sysdrill.db"
        self.environment = {"HOME": str(self.folder), "TZ": "UTC", "SYSDRILL_DB": str(self.db), "SYSDRILL_CONFIG": str(self.folder / "config")}
        decks = json.loads(self.run("decks", "--json"))["decks"]
        self.run("config", "set", "decks_off", *[deck["name"] for deck in decks if deck["name"] != "mine"])
        self.run("config", "set", "new_per_day", "100")
        self.base, self.port = "", 0
        self.server = None

    def run(self, *words):
        return subprocess.run([BINARY, *words], env=self.environment, check=True, capture_output=True, text=True).stdout

    def serve(self):
        """Starts the server and gives the address with its token."""
        words = ["serve", "--port", str(self.port), *(["--lan"] if IN_NETWORK else [])]
        self.server = subprocess.Popen([BINARY, *words], env=self.environment, stdout=subprocess.PIPE, text=True)
        for line in self.server.stdout:
            if link := re.search(r"(http://[0-9.]+:(\d+))/in/\w+", line):
                self.base, self.port = link[1], int(link[2])
                return link[0]
        raise AssertionError("the server did not start")

    def kill(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def answers(self):
        with sqlite3.connect(self.db) as db:
            return db.execute("SELECT count(*) FROM review WHERE id NOT IN (SELECT review FROM retraction)").fetchone()[0]

    def end(self):
        self.server.send_signal(signal.SIGINT)
        assert self.server.wait(timeout=20) == 0, "Ctrl-C ends it"
        shutil.rmtree(self.folder)


class Browser:
    def __init__(self, size, dark=False, touch=False, scripts=True):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or "chromium"
        for word in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--disable-background-networking",
                     "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]:
            options.add_argument(word)
        options.add_experimental_option("prefs", {} if scripts else {"profile.managed_default_content_settings.javascript": 2})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        self.scripts = scripts
        self.size = size
        self.name = f"{size[0]}-{'dark' if dark else 'light'}"
        self.cdp("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=touch)
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=touch)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        if touch:
            features += [{"name": "hover", "value": "none"}, {"name": "pointer", "value": "coarse"}]
        self.cdp("Emulation.setEmulatedMedia", features=features)
        self.wrong = []
        # Whether what is said is being recorded.
        self.records = False

    def cdp(self, command, **values):
        return self.driver.execute_cdp_cmd(command, values)

    def get(self, url):
        self.driver.get(url)

    def find(self, selector):
        return next(iter(self.driver.find_elements(By.CSS_SELECTOR, selector)), None)

    def button(self, value):
        found = [b for b in self.driver.find_elements(By.CSS_SELECTOR, "button[name=do]") if b.get_attribute("value") == value]
        return next((b for b in found if b.is_displayed()), None)

    def text(self):
        return self.find("#main").text

    def state(self):
        """What changes with every step."""
        n = self.find("input[name=n]")
        return (n.get_attribute("value") if n else None, self.find("#main").text)

    def settle(self, before):
        WebDriverWait(self.driver, 20, 0.05).until(lambda _: self.is_another(before))
        if self.scripts:
            # So soon a tap was meant for what stood there before.
            time.sleep(0.55)

    def is_another(self, before):
        try:
            return self.state() != before and not self.find("button[disabled]")
        except Exception:  # the page is being replaced
            return False

    def press(self, value):
        before = self.state()
        self.button(value).click()
        self.settle(before)

    def key(self, key):
        before = self.state()
        self.find("body").send_keys(key)
        self.settle(before)

    def look_over(self, name):
        """A picture, axe-core, and nothing beside the page."""
        if PICTURES:
            PICTURES.mkdir(parents=True, exist_ok=True)
            height = self.driver.execute_script("return document.documentElement.scrollHeight") if self.scripts else self.size[1]
            picture = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip={"x": 0, "y": 0, "width": self.size[0], "height": min(max(height, self.size[1]), 4000), "scale": 1})
            (PICTURES / f"{name}-{self.name}.png").write_bytes(base64.b64decode(picture["data"]))
        if not self.scripts:
            return
        wide = self.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.wrong.append(f"{name}: {wide} pixels beside the page")
        self.cdp("Page.setBypassCSP", enabled=True)
        self.driver.execute_script(AXE)
        found = self.driver.execute_async_script("axe.run(document, {resultTypes: ['violations']}).then(arguments[0], e => arguments[0]({violations: [{id: String(e), nodes: []}]}))")
        for violation in found["violations"]:
            self.wrong.append(f"{name}: {violation['id']}: {[node['html'][:120] for node in violation['nodes'][:3]]}")
        if self.size == PHONE:
            small = self.driver.execute_script(
                """return [...document.querySelectorAll('button, .button, summary, .chips label, .points label, select')]
                .filter(e => e.offsetParent).map(e => [e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
                .filter(([, r]) => r.height < 44 || r.width < 44).map(([t, r]) => `${t} ${r.width}x${r.height}`)""")
            if small:
                self.wrong.append(f"{name}: too small for a thumb: {small}")

    def kind(self):
        meta = self.find(".meta")
        parts = meta.text.split(" · ") if meta else []
        return parts[1].split()[0] if len(parts) > 1 else None

    def day(self, by_keys):
        """Answers all that is asked, by touch or by keys; gives the kinds that were met."""
        met = set()
        for _ in range(80):
            if "The session is over" in self.text():
                return met
            kind = self.kind()
            met.add(kind)
            if self.button("next"):
                self.look_over("feedback")
                # What is asked until it is right would have no end.
                if "again today" in self.text():
                    self.open_details()
                    self.press("regrade 4")
                elif by_keys:
                    self.key(" ")
                else:
                    self.press("next")
            elif self.button("start"):
                self.look_over("probe")
                self.key(" ") if by_keys else self.press("start")
                self.look_over("probe-runs")
                self.record()
            elif self.button("reveal"):
                self.look_over(kind)
                self.key(" ") if by_keys else self.press("reveal")
                self.look_over(f"{kind}-shown")
                if self.records:
                    WebDriverWait(self.driver, 20, 0.05).until(lambda _: self.find("audio"))
                    self.records = False
            elif self.button("said"):
                if by_keys:
                    for key in "1234":
                        self.find("body").send_keys(key)
                    self.key(Keys.ENTER)
                else:
                    for label in self.driver.find_elements(By.CSS_SELECTOR, ".points label"):
                        label.click()
                    self.press("said")
            elif self.button("grade 4"):
                self.key("3") if by_keys else self.press("grade 4")
            elif self.button("answer"):
                self.look_over(kind)
                before = self.state()
                field = self.find("input[name=text]")
                field.clear()
                field.send_keys("100")
                if by_keys:
                    field.send_keys(Keys.ENTER)
                else:
                    self.button("answer").click()
                self.settle(before)
            else:
                self.look_over(kind)
                if by_keys:
                    self.key("2")
                else:
                    before = self.state()
                    self.find("button.option").click()
                    self.settle(before)
        raise AssertionError(f"the day has no end: {self.text()}")

    def record(self):
        """Records what is said, where the page offers it."""
        button = next((b for b in self.driver.find_elements(By.CSS_SELECTOR, "button") if b.text == "Record what you say"), None)
        # In the network, without TLS, no browser gives a page the microphone.
        if not self.scripts or not self.driver.execute_script("return isSecureContext"):
            assert button is None
        else:
            button.click()
            WebDriverWait(self.driver, 20, 0.05).until(lambda _: button.text.startswith("Recording"))
            self.records = True

    def open_details(self):
        for details in self.driver.find_elements(By.CSS_SELECTOR, "#main details:not([open]) > summary"):
            if details.is_displayed():
                details.click()

    def quit(self):
        self.driver.quit()


def day(size, dark, touch, by_keys):
    world, browser = World(), Browser(size, dark, touch)
    try:
        link = world.serve()
        browser.get(link)
        assert browser.driver.current_url.endswith(f":{world.port}/"), "the token leaves the address bar"
        browser.look_over("home")
        browser.get(f"{world.base}/review")
        met = browser.day(by_keys)
        assert KINDS <= met, KINDS - met
        browser.look_over("summary")
        assert world.answers() >= 9, world.answers()
        for path in ["quiz", "cram", "plan", "search?q=write", "sheets", "sheet?of=mine", "stats", "report", "devices", "card/mine/outbox", "card/mine/memory"]:
            browser.get(f"{world.base}/{path}")
            browser.look_over(re.sub(r"\W+", "-", path))
        log = [entry["message"] for entry in browser.driver.get_log("browser") if entry["level"] == "SEVERE"]
        assert not log, log
        assert not browser.wrong, "\n".join(dict.fromkeys(browser.wrong))
    finally:
        browser.quit()
        world.end()


def away():
    """The server goes away before an answer comes, and comes back."""
    world, browser = World(), Browser(PHONE, touch=True)
    try:
        browser.get(world.serve())
        browser.get(f"{world.base}/review?")
        while not browser.button("reveal"):
            browser.open_details()
            browser.press("skip")
        browser.press("reveal")
        world.kill()
        before = browser.state()
        browser.button("grade 4").click()
        unsaved = WebDriverWait(browser.driver, 20).until(lambda _: browser.find("#unsaved:not([hidden])"))
        assert "Not saved yet" in unsaved.text and "Saved." not in browser.text(), unsaved.text
        browser.look_over("away")
        assert world.answers() == 0
        world.serve()
        browser.settle(before)
        assert "Saved." in browser.text() and not browser.find("#unsaved:not([hidden])"), browser.text()
        assert world.answers() == 1
        # Another page is got, and this one anew: what was sent is not sent again.
        for path in ["", "review"]:
            browser.get(f"{world.base}/{path}")
            assert not browser.find("#unsaved:not([hidden])")
        assert world.answers() == 1
        assert not browser.wrong, browser.wrong
    finally:
        browser.quit()
        world.end()


def without_scripts():
    world, browser = World(), Browser(PHONE, touch=True, scripts=False)
    try:
        browser.get(world.serve())
        browser.get(f"{world.base}/review")
        met = browser.day(by_keys=False)
        assert KINDS <= met, KINDS - met
        assert world.answers() >= 9
    finally:
        browser.quit()
        world.end()


def in_the_network():
    """The same in a network, where a browser trusts no address and says less of itself: a namespace is made for it."""
    inside = ["unshare", "--map-root-user", "--net", "sh", "-c", NETWORK, "sh"]
    if subprocess.run([*inside, "true"], capture_output=True).returncode:
        print("        left out: no network can be made here", flush=True)
        return
    subprocess.run([*inside, sys.executable, *sys.argv], env={**os.environ, "SYSDRILL_IN_NETWORK": "1"}, check=True)


def from_the_network():
    world, browser = World(), Browser(PHONE, touch=True)
    try:
        link = world.serve()
        assert world.base == f"http://{ADDRESS}:{world.port}", world.base
        browser.get(link)
        assert browser.driver.current_url == f"{world.base}/"
        for nothing in ["127.0.0.1", "localhost"]:
            try:
                browser.get(f"http://{nothing}:{world.port}/")
            except WebDriverException:
                continue
            raise AssertionError(f"it listens at {nothing} too")
    finally:
        browser.quit()
        world.end()


def main():
    parts = {
        "at its address alone": from_the_network,
        "a phone, by touch": lambda: day(PHONE, dark=False, touch=True, by_keys=False),
        "without scripts": without_scripts,
    } if IN_NETWORK else {
        "a phone, by touch": lambda: day(PHONE, dark=False, touch=True, by_keys=False),
        "a phone in the dark": lambda: day(PHONE, dark=True, touch=True, by_keys=False),
        "a desktop, by keyboard": lambda: day(DESKTOP, dark=False, touch=False, by_keys=True),
        "a desktop in the dark": lambda: day(DESKTOP, dark=True, touch=False, by_keys=True),
        "the server away": away,
        "without scripts": without_scripts,
        "in the network": in_the_network,
    }
    failed = 0
    only = None if IN_NETWORK else os.environ.get("ONLY")
    for name, part in parts.items():
        if only and only not in name:
            continue
        began = time.monotonic()
        try:
            part()
            print(f"ok      {name}, {time.monotonic() - began:.0f} s", flush=True)
        except Exception as error:
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
            if os.environ.get("TRACE"):
                traceback.print_exc()
    sys.exit(1 if failed else 0)


main()
