<%@ page contentType="text/html; charset=UTF-8" %>
<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join" method="post">
  <label>Name <input name="name" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required ${empty error ? "" : "error=\""}${error}${empty error ? "" : "\""}>
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>
