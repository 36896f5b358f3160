"""Makes sure that the journeys find a Chromium and Japanese letters: ``python -m tests.tools.ensure_browser``.

A Chromium of the machine comes first, then Debian's package where we may install one (Debian, as root), then
Playwright's own download. Without any the command fails: no journey is ever skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.browsers import chromium_of_the_machine, launch

FONTS = ("fonts-noto-cjk", "fonts-ipaexfont-gothic")
"""The full one first, then a small one."""


def say(sentence: str) -> None:
    print(f"browser: {sentence}", flush=True)  # noqa: T201  # a command talks to whoever runs it


def may_install() -> bool:
    release = Path("/etc/os-release")
    debian = release.exists() and "ID=debian" in release.read_text().splitlines()
    return debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> bool:
    """Install Debian packages; the index is fetched only if the first try fails, as it is slow."""
    command = ("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    say(f"installing {' '.join(packages)} (a minute or so) …")
    for preparation in ((), ("apt-get", "update", "-q")):
        if preparation:
            subprocess.run(preparation, env=env, stdout=subprocess.DEVNULL, check=False)
        if subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return True
    return False


def has_japanese() -> bool:
    """Tell whether a font with kana is installed; where fontconfig is absent the system has its own way."""
    if shutil.which("fc-list") is None:
        return sys.platform != "linux"
    listed = subprocess.run(["fc-list", ":lang=ja", "file"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def starts() -> str:
    """Return why Chromium does not start, or nothing if it does."""
    with sync_playwright() as playwright:
        try:
            launch(playwright).close()
        except Error as error:
            return str(error).strip()
    return ""


def download() -> bool:
    say("downloading Playwright's Chromium …")
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0


def main() -> int:
    if chromium_of_the_machine() is None:
        found = (may_install() and install("chromium")) or starts() == "" or download()
        if not found:
            say("no Chromium: install one (apt install chromium) or name it in CHROMIUM, and try again.")
            say("Chromiumがありません。chromiumパッケージを入れて、もう一度実行してください。")
            return 1
    if not has_japanese() and not (may_install() and any(install(font) for font in FONTS)):
        say("no Japanese font is installed (apt install fonts-noto-cjk); the journeys run, pictures show boxes.")
    reason = starts()
    if reason:
        say(f"Chromium does not start: {reason}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
