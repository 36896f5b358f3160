"""The operator's commands, one module a subject; ``commands`` gathers them.

A command opens one transaction on a migrated database (``opened``), calls services and prints. May import everything
of ``callcenter``; how settings, app and processes are made is handed over by ``wsgi``.

Begin with ``commands``. ``docs/commands.md`` is written from here.
"""
