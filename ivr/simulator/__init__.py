"""A local Twilio: it rings, speaks, queues and connects, in its own process or inside a test.

It imports nothing of this project; whoever uses it meets it over HTTP (or through ``tests/line.py``).

**In a test** (one thread, virtual time, nothing happens between two calls)::

    engine = Engine(Account(sid, auth_token, api_key, api_secret),
                    Number("+81120529528", voice_url, fallback_url, status_callback),
                    post, clock=Clock(at, pace=0), strict=True)
    leg = engine.dial("anonymous")      # "anonymous" | "+266696687" | "unavailable" (public phone) | "+81…"
    engine.settle()                     # do what is due now: webhooks out, answers in
    engine.advance(12.5)                # let that many seconds pass
    engine.run_until(lambda: leg.over)  # at most 3600 seconds
    engine.press(leg.sid, "1"); engine.say(leg.sid, "…"); engine.hang_up(leg.sid)
    engine.answer(sid); engine.decline(sid)          # a ringing telephone or browser device

``engine.faults``, ``engine.clock``, ``engine.legs`` (by SID) and ``engine.journal`` are open to a test.
``post(method, url, body, headers, limits) -> (status, headers, bytes)`` delivers one webhook; it raises
``ConnectionError``, or ``TimeoutError`` when nobody answers (that costs the virtual seconds of *limits*: 15, or what
the address's ``#rt=`` and ``#tt=`` say). With ``strict`` the first TwiML violation raises ``TwimlViolation``.

**As a process**: ``python -m ivr.simulator --port N --number +81120529528 [--more-number +81… …] --voice-url URL
[--fallback-url URL] [--status-callback URL] [--host 127.0.0.1] [--clock-file PATH] [--at ISO] [--assets DIR]
[--allow-origin ORIGIN …] [--desk-url URL]`` with TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_KEY and
TWILIO_API_SECRET in the environment.
``/healthz`` answers ``ok``; the page is ``/``; *DIR* is served under ``/assets/``, our own files under ``/static/``.

**Twilio's REST** (basic auth SID + token or API key + secret) under ``/2010-04-01/Accounts/{AC}``: ``Calls``,
``Calls/{CA}``, ``Queues``, ``Queues/{QU}``, ``Queues/{QU}/Members``, ``…/Members/{CA|Front}``, ``Conferences``,
``Conferences/{CF}``, ``…/Participants``, ``…/Participants/{CA|label}``, ``IncomingPhoneNumbers``, ``…/{PN}``,
``Recordings``, all ``.json``, in Twilio's shapes and errors; beside them, as Twilio's voice and intelligence hosts have
them, ``/v1/DialingPermissions/Countries``, ``/v1/DialingPermissions/BulkCountryUpdates``, ``/v1/Settings``,
``/v2/AccountDefaultConfiguration/Recording`` and ``/v2/Services``. ``engine.console`` holds what these show.

**The page's API** (JSON in and out; an error is ``{"error": sentence in Japanese}`` with 400 or 404):

``GET /api/state``::

    {"change": 17,                                        # the same number as the event stream's
     "number": "+81120529528",
     "clock": {"now": "2026-11-26T14:07:12+09:00", "pace": 1.0},
     "callers": [{"sid": "CA…", "index": 1, "from": "anonymous", "kind": "withheld"|"payphone"|"number",
                  "from_label": "非通知"|"公衆電話"|"+81 3 0000 0001",
                  "state": "ringing"|"listening"|"waiting"|"joining"|"talking"|"held"|"ended",
                  "state_words": "待っています", "seconds": 98, "state_seconds": 58, "connected_with": ["担当11"],
                  "captions": [CAPTION]}],                # finished callers stay until POST …/clear
     "handsets": [{"number": "+81901…", "name": "担当12", "sid": "CA…"|null,
                   "state": "idle"|"ringing"|"listening"|"joining"|"talking"|"held"|"ended",
                   "state_words": "呼び出し中", "seconds": 6, "state_seconds": 6, "ring_limit": 20|null,
                   "caller_index": 2|null,                # known once they share a room
                   "connected_with": ["発信者2"], "captions": [CAPTION]}],   # telephones named or rung so far
     "devices": [{"identity": "c_1_ab", "registered": true, "sid": "CA…"|null, "state": …, "state_words": …}],
     "faults": FAULTS, "log_ok": true,
     "counters": {"webhooks": 12, "rest": 3, "violations": 0, "failures": 0, "waiting": 1, "talking": 1}}

    CAPTION = {"id": 3, "kind": "said"|"event"|"them"|"us", "who": "line"|"caller"|"counsellor",
               "text": "…", "at": ISO, "seconds": 4.2, "cut": false}
    FAULTS = {"delayed": 0..1, "duplicated": 0..1, "reordered": 0..1, "lost": 0..1, "webhook_duplicates": 0..1,
              "rest_429": 0..1, "rest_500": 0..1, "rest_timeout": 0..1, "queue_error": 0..1,
              "join_fails": 0..1, "delay_seconds": 8.0, "seed": 1,                  # true means 1, false 0
              "leave_after_join"|"leave_is_played"|"wait_ends"|"bare_redirects"|"no_account_sid"|"empty_lists"|
              "stale_lists": bool}

``GET /api/events`` Server-Sent Events: ``event: change``, ``data: {"change": 17}``; fetch the state again.
``POST /api/callers`` ``{"from": "anonymous"|"+266696687"|"payphone"|"+81…"}`` → 201 ``{"sid": "CA…", "index": 1}``.
``POST /api/callers/<sid>/clear`` forgets a finished caller.
``POST /api/handsets`` ``{"number": "+81…", "name": "担当12"}`` names a telephone (or makes it known before it rings).
``POST /api/calls/<sid>/digits`` ``{"digits": "1"}`` · ``/say`` ``{"text": "…"}`` · ``/hangup`` · ``/answer`` ·
``/decline`` → ``{"ok": true}``.
``POST /api/clock`` ``{"at": ISO (naive = JST), "pace": 0|1|10|60}`` · ``POST /api/faults`` any of FAULTS → the new one.
``GET /api/log`` → ``{"entries": [ENTRY]}`` newest first; ``GET /api/log?download=1`` the same as a text file.
    ENTRY = {"id": 9, "at": ISO, "kind": "webhook"|"news"|"rest"|"note", "caller": 2|null, "path": "/ivr/voice/wait",
             "digest": "順番1 → Say", "status": 200|null, "ms": 5, "ok": true, "violations": []}

**Browser devices** (the counsellor's page, from another origin)::

    POST /device/register            Authorization: Bearer <Voice AccessToken> → 201 {"session": "…", "identity": "…"}
    GET  /device/<session>/events    SSE: registered, incoming {call_sid, from}, cancel {call_sid},
                                     connected {call_sid}, disconnected {call_sid},
                                     heard {call_sid, who: "line"|"caller"|"counsellor", text, at},
                                     tokenWillExpire {seconds}, unregistered
    POST /device/<session>/refresh   Bearer again, before the token runs out
    POST /device/<session>/calls/<sid>/accept | reject | hangup | mute {"muted": true} | say {"text": "…"}
    POST /device/<session>/calls/<sid>/digits {"digits": "1"}
    DELETE /device/<session>

A device without an open event stream is not registered: a call to it ends at once as no-answer.

**The clock file** holds ``{"real": unix seconds, "virtual": ISO 8601, "pace": float}``, replaced atomically at every
change; the line's time is ``virtual + (time.time() - real) * pace``.
"""

from __future__ import annotations
