from flask import Flask, render_template, request

from verify import is_verified

app = Flask(__name__)


@app.get("/join")
def show():
    return render_template("join.html")


@app.post("/join")
def join():
    if is_verified(request.form):
        return "Welcome"
    error = "The numbers did not match. Play new audio and type them again."
    return render_template("join.html", error=error), 422
