import json
import logging
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
        with urlopen(os.environ["SITEVERIFY_URL"], urlencode(question).encode(), timeout=20) as reply:
            answer = json.load(reply)
    except (OSError, ValueError) as error:
        logging.error("captcha: siteverify gave no answer: %s", error)
        return False
    if not answer.get("success"):
        logging.warning("captcha: %s", ", ".join(answer.get("error-codes", [])))
    return answer.get("success") is True
