"""What anybody may open: the public page, recorded announcements, and what probes and scrapers ask.

``pages`` the site, ``audio`` recordings for the telephone company, ``health`` liveness, readiness and figures. May
import ``ui`` and all below; knows no other blueprint.
"""
