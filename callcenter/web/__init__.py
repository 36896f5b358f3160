"""What anybody may open: the public site, recorded announcements, and what probes and scrapers ask.

Begin with ``routes``. ``top`` and ``guides`` are the pages to read, each also in a light version below ``/m/``;
``leaflet`` the leaflet as PDF, ``audio`` recordings for the telephone company, ``health`` liveness, readiness and
figures. May import ``ui`` and all below; knows no other blueprint.
"""
