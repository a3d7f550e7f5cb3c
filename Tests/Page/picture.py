"""Takes pictures of the page, with images of the embedded fruits: `picture.py FILE [WIDTH [light|dark [COUNT [running]]]]`."""

import os
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
os.environ["no_proxy"] = "127.0.0.1,localhost"

from browser import Browser  # noqa: E402  (it reads the environment)
from local_service import ROOT, local_service  # noqa: E402

# Of each a job, so that the gallery has something to show: class and seed.
SUBJECTS = [(20, 3), (10, 4), (16, 21), (3, 8), (18, 16), (23, 23), (5, 42), (11, 5), (21, 12), (24, 7), (19, 7), (28, 12)]
STRAWBERRY = 27


def main() -> None:
    path, width, scheme, count, moment = (sys.argv[1:] + ["1280", "light", "1", "finished"][len(sys.argv) - 2 :])[:5]
    binary = os.environ.get("UNDERPAINT", str(ROOT / ".build/debug/underpaint"))
    with local_service(binary, "models.default=fruits") as service:
        for subject, seed in SUBJECTS:
            service.job("POST", "/v1/generations", {"class": subject, "seed": seed}, {"Prefer": "wait=60"})
        with Browser(f"http://127.0.0.1:{service.port}") as browser:
            browser.resize(int(width))
            browser.colours(scheme)
            running = moment == "running"
            browser.open(**{"class": STRAWBERRY}, seed=3, count=count, sampler="mar-256" if running else "gtr-16")
            browser.get("paint").click()
            if running:
                browser.wait(lambda: "step 2" in browser.text("state"), "some of it is painted")
            else:
                browser.wait(browser.is_finished, "the images are there")
                browser.wait(lambda: len(browser.all("#jobs li")) > len(SUBJECTS), "the gallery has it too")
                # What is below the fold is not fetched by itself.
                browser.script("for (const image of document.images) image.loading = 'eager'")
                browser.script("return Promise.all([...document.images].map((image) => image.decode()))")
            browser.picture(path)


if __name__ == "__main__":
    main()
