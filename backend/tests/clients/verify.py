"""Runs one PyPI client as its users do, and prints what it made of the response.

Usage: python verify.py CLIENT SITEVERIFY_URL < {"secret": …, "response": …}
"""

import json
import sys

from flask import Flask


def flask_wtf(app, secret, response, url):
    """Flask-WTF's RecaptchaField; the URL is its setting RECAPTCHA_VERIFY_SERVER."""
    from flask_wtf import FlaskForm, RecaptchaField

    app.config.update(
        SECRET_KEY="for the test",
        WTF_CSRF_ENABLED=False,
        RECAPTCHA_PUBLIC_KEY="a-site-key",
        RECAPTCHA_PRIVATE_KEY=secret,
        RECAPTCHA_VERIFY_SERVER=url,
    )

    class Form(FlaskForm):
        recaptcha = RecaptchaField()

    data = {"g-recaptcha-response": response}
    with app.test_request_context("/join", method="POST", data=data):
        form = Form()
        passed = form.validate()
        return {"passed": passed, "error": None if passed else form.recaptcha.errors[0]}


def flask_turnstile(app, secret, response, url):
    """Flask-Turnstile; the URL is its attribute VERIFY_URL."""
    from flask_turnstile import Turnstile

    turnstile = Turnstile(site_key="a-site-key", secret_key=secret)
    turnstile.VERIFY_URL = url
    data = {"cf-turnstile-response": response}
    with app.test_request_context("/join", method="POST", data=data):
        answer = turnstile.get_response()
        return {
            "passed": answer["success"],
            "hostname": answer.get("hostname"),
            "error": next(iter(answer["error-codes"]), None),
        }


client, url = sys.argv[1:]
given = json.load(sys.stdin)
run = {"flask-wtf": flask_wtf, "flask-turnstile": flask_turnstile}[client]
print(json.dumps(run(Flask(__name__), given["secret"], given["response"], url)))
