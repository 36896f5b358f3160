"""What views of every blueprint need: reading what was sent, answering a press, turning pages.

``sent`` reads codes, days and moments out of a request; ``answers`` tells a script from a form and answers either;
``paging`` reads which page of a list is asked for. Nothing here knows an endpoint, and nothing imports the rest of
``ui``. Who asks is said by ``ui.access`` (``me``, ``myself``).
"""
