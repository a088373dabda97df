"""Orca prints what it would speak: a line of JSON for each utterance, with the time in ms since the epoch.

Orca loads this file by its name from its preferences' folder (`orca -u FOLDER`).
"""

import json
import time

from orca import settings, speech
from orca.speechserver import SayAllContext

# No speech server: one that answers late would mix the reading of a page into later steps.
settings.speechFactoryModules = []
settings.enableSound = False
# Each typed digit would be an utterance, and says nothing of the widget.
settings.enableKeyEcho = False


def _write(kind, text):
    text = " ".join(text.split())
    if text:
        print(json.dumps({"at": int(time.time() * 1000), "kind": kind, "text": text}), flush=True)


def _speak(text, acss, interrupt):
    _write("speech", text)


def _speak_character(character, acss=None):
    _write("speech", character)


def _speak_key(event, acss=None):
    _write("speech", event.getKeyName())


def _say_all(utterances, progress):
    """A page is read until a key is pressed: here after its first lines. Orca is told of the interruption, as a speech
    server tells it, or it believes that it still reads, and leaves out the groups that are entered."""
    lines = []
    for context, _acss in utterances:
        if context.utterance.strip():
            lines.append(context.utterance)
        if len(lines) == 4:
            progress(context, SayAllContext.INTERRUPTED)
            break
    utterances.close()
    _write("page", " ".join(lines))


speech._speak = _speak
speech.speakCharacter = _speak_character
speech.speakKeyEvent = _speak_key
speech.sayAll = _say_all

_write("started", "Orca")
