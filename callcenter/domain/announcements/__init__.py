"""What the line says, and what it may be changed to.

``speech`` is an announcement as sentences with facts in them and the seconds it takes; ``readings`` says numbers,
days and telephone numbers aloud; ``wording`` what a changed phrase must keep; ``recording`` which sound file is
accepted. The phrases themselves stand in ``ivr.words``. Uses nothing but ``errors``.

Begin with ``speech.Announcement``.
"""
