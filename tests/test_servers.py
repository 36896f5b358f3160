"""The servers that the tests lean on are real, fresh and apart."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

import redis
from sqlalchemy import inspect, text

from callcenter.models.engines import connect
from tests.servers import Mailbox


def test_every_database_starts_with_our_tables_and_nothing_in_them(database_url: str) -> None:
    engine = connect(database_url)
    with engine.begin() as connection:
        tables = inspect(connection).get_table_names()
        assert "consultations" in tables
        connection.execute(text("CREATE TABLE left_behind (id integer)"))
    engine.dispose()


def test_what_one_test_leaves_behind_the_next_does_not_find(database_url: str) -> None:
    engine = connect(database_url)
    with engine.connect() as connection:
        assert "left_behind" not in inspect(connection).get_table_names()
    engine.dispose()


def test_postgresql_is_at_least_fifteen(postgresql_url: str) -> None:
    engine = connect(postgresql_url)
    with engine.connect() as connection:
        assert int(str(connection.scalar(text("SHOW server_version_num")))) >= 150000
    engine.dispose()


def test_redis_takes_and_gives_and_starts_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("belltower", "1")
        assert client.get("belltower") == b"1"


def test_a_letter_in_japanese_arrives_whole(mailbox: Mailbox) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@example.jp", "b@example.jp", "ご相談について"
    letter.set_content("こんにちは。")
    with smtplib.SMTP("127.0.0.1", mailbox.port) as post:
        post.send_message(letter)
    assert [one["Subject"] for one in mailbox.letters] == ["ご相談について"]
    assert mailbox.letters[0].get_content().strip() == "こんにちは。"
