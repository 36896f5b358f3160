"""What is done for members of the mail consultation in the background: their mails.

``mails`` carries one errand; ``jobs.heavy`` hands errands to the processes that take them from the queue.

Begin with ``mails``.
"""
