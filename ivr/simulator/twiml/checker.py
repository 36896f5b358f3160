"""The strict TwiML checker: stricter than Twilio, which accepts much that later fails in a caller's ear."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ivr.simulator.twiml import tables

MAX_BYTES = 64 * 1024
MAX_SAY = 4096  # characters Twilio speaks in one verb


def check(document: bytes | str, context: str = "call") -> list[str]:
    """Return every violation found in *document*, fetched for *context* (a key of ``tables.TOP_VERBS``)."""
    data = document.encode() if isinstance(document, str) else document
    if len(data) > MAX_BYTES:
        return [f"document of {len(data)} bytes is larger than 64 kB"]
    try:
        root = parse(data)
    except MalformedTwiml as error:
        return [str(error)]
    if root.tag != "Response":
        return [f"root element is <{root.tag}>, not <Response>"]
    return [*_context(root, context), *_element(root)]


class MalformedTwiml(ValueError):
    """The bytes are not an XML document in UTF-8."""


def parse(data: bytes) -> Element:
    """Read TwiML; raise ``MalformedTwiml`` unless it is well-formed UTF-8 without a document type."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedTwiml("document is not UTF-8") from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise MalformedTwiml("document declares a document type")
    try:
        return ElementTree.fromstring(data)  # noqa: S314 - document types, and so entities, were refused above
    except ElementTree.ParseError as error:
        raise MalformedTwiml(f"document is not well-formed: {error}") from None


def _context(root: Element, context: str) -> list[str]:
    allowed, found = tables.TOP_VERBS[context], []
    over = ""
    for place, verb in enumerate(root):
        if over:
            found.append(f"<{verb.tag}> can never be reached after <{over}>")
        if verb.tag in tables.SPECS["Response"].children and verb.tag not in allowed:
            found.append(f"<{verb.tag}> is not allowed in a {context} document")
        if verb.tag == "Reject" and place:
            found.append("<Reject> must be the first verb")
        if verb.tag in tables.FINAL_VERBS:
            over = over or verb.tag
    return found


def _element(element: Element) -> list[str]:
    spec = tables.SPECS.get(element.tag)
    if spec is None:
        return [f"<{element.tag}> is not a verb known here"]
    found = [*_attributes(element, spec), *_content(element, spec)]
    for child in element:
        if child.tag not in spec.children:
            found.append(f"<{child.tag}> must not stand inside <{element.tag}>")
        found += _element(child)
    return found


def _attributes(element: Element, spec: tables.Spec) -> list[str]:
    found = [f"<{element.tag}> lacks {name}" for name in spec.required if name not in element.attrib]
    for name, value in element.attrib.items():
        rule = spec.attributes.get(name)
        if name.lower().startswith("record"):
            found.append(f"<{element.tag}> must not record: {name}")
        elif rule is None:
            found.append(f"<{element.tag}> has no attribute {name}")
        elif problem := rule(value):
            found.append(f"<{element.tag} {name}> {problem}: {value!r}")
    return found


def _content(element: Element, spec: tables.Spec) -> list[str]:
    text = "".join([element.text or "", *((child.tail or "") for child in element)]).strip()
    if text and not spec.text:
        return [f"<{element.tag}> must not hold text"]
    extra = _CONTENT.get(element.tag)
    return extra(element) if extra else []


def _say(element: Element) -> list[str]:
    found, text = [], "".join(element.itertext()).strip()
    if not text:
        found.append("<Say> says nothing")
    if len(text) > MAX_SAY:
        found.append(f"<Say> of {len(text)} characters is too long")
    language, voice = element.get("language", ""), element.get("voice")
    if voice and language in tables.VOICES and voice not in tables.VOICES[language]:
        found.append(f"<Say> voice {voice} does not speak {language}")
    return found


def _play(element: Element) -> list[str]:
    address = (element.text or "").strip()
    if "digits" in element.attrib:
        return ["<Play> has both digits and an address"] if address else []
    problem = tables.absolute_url(address)
    return [f"<Play> {problem}"] if problem else []


def _redirect(element: Element) -> list[str]:
    problem = tables.absolute_url((element.text or "").strip())
    return [f"<Redirect> {problem}"] if problem else []


def _named(element: Element) -> list[str]:
    problem = tables.NAME(element.text or "")
    return [f"<{element.tag}> name {problem}"] if problem else []


def _dial(element: Element) -> list[str]:
    return [] if len(element) == 1 else ["<Dial> must hold exactly one <Conference>"]


def _conference(element: Element) -> list[str]:
    found = _named(element)
    if ("statusCallback" in element.attrib) != ("statusCallbackEvent" in element.attrib):
        found.append("<Conference> needs statusCallback and statusCallbackEvent together")
    return found


_CONTENT = {
    "Say": _say,
    "Play": _play,
    "Redirect": _redirect,
    "Enqueue": _named,
    "Dial": _dial,
    "Conference": _conference,
}
