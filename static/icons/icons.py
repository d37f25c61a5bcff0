"""Draw the app's icons from ``static/icon.svg``, with the tests' browser.

Run it (``make icons``) after changing the drawing; what it writes is committed.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
DRAWING = HERE.parent / "icon.svg"
BRAND = "#174a5b"
CHROMIUM = "/usr/bin/chromium"

ICONS = {
    "192.png": (192, 1.0, "transparent"),
    "512.png": (512, 1.0, "transparent"),
    # A phone cuts any shape out of the inner four fifths.
    "maskable-512.png": (512, 0.8, BRAND),
    # Apple's phones round the corners themselves and show black where nothing is drawn.
    "apple-180.png": (180, 1.0, BRAND),
}
"""Each icon's size in pixels, the part of it that the drawing takes, and what is behind it."""


def main() -> None:
    """Draw every icon."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for name, (size, part, behind) in ICONS.items():
            _draw(page, size, part, behind).save(HERE / name, optimize=True)
        browser.close()


def _draw(page: Page, size: int, part: float, behind: str) -> Image.Image:
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<body style='margin:0;height:100vh;display:grid;place-items:center;background:{behind}'>"
        f"{DRAWING.read_text()}<style>svg{{width:{part * 100}%}}</style>"
    )
    return Image.open(BytesIO(page.screenshot(omit_background=True)))


if __name__ == "__main__":
    main()
