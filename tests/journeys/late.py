"""Answers of the server that come late, in whatever order a journey lets them arrive."""

from __future__ import annotations

import re

from playwright.sync_api import APIResponse, Page, Route

from tests.journeys.office import until

TAKEN_IN = "() => new Promise((done) => setTimeout(done, 200))"
"""What a page does with an answer is done by then."""


class HeldBack:
    """What the scripts of a page ask for at an address: answered at once, and kept on its way until it may arrive."""

    def __init__(self, page: Page, address: re.Pattern[str]) -> None:
        self.page, self.address = page, address
        self.answers = list[tuple[Route, APIResponse]]()
        page.route(address, self._keep)

    def _keep(self, route: Route) -> None:
        self.answers.append((route, route.fetch()))

    def asked(self) -> None:
        """Wait until the page has asked."""
        until(self.page, lambda: bool(self.answers))

    def arrive(self) -> None:
        """Let what was kept arrive, and nothing be kept from now on."""
        for route, answer in self.answers:
            route.fulfill(response=answer)
        self.page.unroute(self.address, self._keep)  # only now, as it would answer what is still kept
        self.page.evaluate(TAKEN_IN)
