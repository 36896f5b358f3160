"""What every page is given: service name, trial mark, display choices, other lines, and its base template."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, request

from callcenter.context import ports, settings
from callcenter.domain import phone_numbers
from callcenter.domain.directory.helplines import shipped_helplines, tonight
from callcenter.ui.light.tags import light_tags
from callcenter.ui.light.twins import is_light, twin
from callcenter.ui.state_labels import ROLES, state_label

OTHER_LINES = 4
WEATHER = "https://www.jma.go.jp/bosai/forecast/"
"""Where 「すぐに閉じる」 leads: a page that anybody may be looking at."""

_TELEPHONE = re.compile(r"Mobile|Android|iPhone|DoCoMo|KDDI|UP\.Browser|SoftBank|Vodafone|J-PHONE|WILLCOM")


def base_template() -> str:
    """Return what a page extends: the light base below ``/m/``, else the usual one. Both have the block ``text``."""
    return "light.html" if is_light() else "base.html"


def opened_on_a_telephone() -> bool:
    """Return whether the reader seems to hold a telephone; only offers depend on it."""
    return _TELEPHONE.search(request.user_agent.string) is not None


def install(app: Flask) -> None:
    """Give every template what all pages show, without a query, so that error pages have it too."""
    app.context_processor(_given)
    app.jinja_env.globals.update(
        state_label=state_label,
        role_names=ROLES,
        weather=WEATHER,
        base_template=base_template,
        is_light=is_light,
        light_twin=twin,
        on_a_telephone=opened_on_a_telephone,
    )
    app.jinja_env.filters["light_tags"] = light_tags
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _given() -> dict[str, Any]:
    chosen = settings()
    return {
        "service_name": chosen.service_name,
        "line_number": chosen.line_number,
        "line_number_shown": phone_numbers.display(chosen.line_number),
        "demo": chosen.demo,
        "tonight": lambda: tonight(shipped_helplines(), ports().clock.now(), OTHER_LINES),
    }
