from html import escape
from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse

from verify import is_verified

app = FastAPI()


def page(error=""):
    shown = f' error="{escape(error)}"' if error else ""
    return f"""<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join" method="post">
  <label>Name <input name="name" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required{shown}>
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>"""


@app.get("/join", response_class=HTMLResponse)
def show():
    return page()


# Not async: is_verified waits for the backend, and FastAPI runs a plain function in a thread of its own.
@app.post("/join", response_class=HTMLResponse)
def join(response: Annotated[str, Form(alias="captcha-response")] = ""):
    if is_verified({"captcha-response": response}):
        return "Welcome"
    error = "The numbers did not match. Play new audio and type them again."
    return HTMLResponse(page(error), status_code=422)
