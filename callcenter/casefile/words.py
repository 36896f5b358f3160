"""What pages call people and channels, decided here once."""

from __future__ import annotations

from callcenter.domain.records.record_codes import Channel, Relation
from callcenter.models.cases.cases import Person
from callcenter.models.records import Consultation

Options = tuple[tuple[str, str], ...]
"""What a list offers to choose from: values and their labels."""

HONORIFICS = ("さん", "ちゃん", "くん", "君", "様", "さま", "の母", "の父", "の兄", "の姉", "の妹", "の弟", "の方")

CHANNEL_ICONS: dict[str, str] = {
    Channel.PHONE: "phone",
    Channel.MAIL: "pen",
    Channel.VISIT: "house",
    Channel.WINDOW: "person",
}


def person_words(nickname: str, relation: str) -> str:
    """Return a person as 「ミナトさん・本人」; 「ミナトの母」 is left as it is."""
    label = Relation(relation).label
    if relation == Relation.UNKNOWN:
        return called(nickname)
    return nickname if nickname.endswith(label) else f"{called(nickname)}・{label}"


def called(nickname: str) -> str:
    """Return a nickname with さん, unless it has an honorific of its own or is like 「ミナトの母」."""
    return nickname if nickname.endswith(HONORIFICS) else f"{nickname}さん"


def name_of(record: Consultation) -> str:
    """Return how to call the one the record is about, as far as it is known."""
    if record.person is not None and record.person.nicknames:
        return called(record.person.nicknames[0].text)
    return called(record.nickname_heard) if record.nickname_heard else "お名前はまだ"


def name_of_person(person: Person) -> str:
    """Return a person of the case in one line."""
    relation = Relation(person.relation)
    return person_words(person.nicknames[0].text, relation) if person.nicknames else relation.label
