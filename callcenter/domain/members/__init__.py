"""The rules of mail consultation: members, their numbers, and what they write.

``user_numbers`` the 利用者番号; ``threads`` the states of a consultation and its limits; ``receipts`` the 受付番号;
``reply_target`` by when a reply is meant to be there; ``risk_words`` and ``arrivals`` what makes staff look first;
``claims`` who answers, ``replies`` what keeps a reply from being sent, ``joining`` how a member agreed to be joined to
a case; ``inactivity`` the two-year rule, ``deletion`` why a member is deleted. Uses ``calendar``, ``records`` and
``staff``.

Begin with ``threads``.
"""
