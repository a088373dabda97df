import json
import os
from urllib.parse import urlencode
from urllib.request import urlopen


def is_verified(form):
    """Whether a submitted form may pass; anything but a verified answer is a no."""
    response = form.get("captcha-response")
    if not response:
        return False
    question = {"secret": os.environ["SITEVERIFY_SECRET"], "response": response}
    try:
        with urlopen(os.environ["SITEVERIFY_URL"], urlencode(question).encode(), timeout=20) as answer:
            return json.load(answer)["success"] is True
    except OSError:
        return False
