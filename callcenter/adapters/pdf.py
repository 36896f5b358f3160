"""Documents as PDF with an embedded Japanese font, by Typst; text is passed as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


def disclosure(document: Mapping[str, Any]) -> bytes:
    """Return the copy of a case as PDF; *document* is what ``services.keeping.disclosures`` returns."""
    import typst  # half a second and thirty megabytes that no other page needs

    setter = typst.Compiler(
        DATA / "disclosure.typ",
        root=DATA,
        font_paths=[DATA / "fonts"],
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
    )
    pdf = setter.compile(format="pdf")
    if not isinstance(pdf, bytes):
        raise TypeError("Typst returned no single document")
    return pdf
