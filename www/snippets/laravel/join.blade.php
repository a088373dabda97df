<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join" method="post">
  @csrf
  <label>Name <input name="name" value="{{ old('name') }}" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required
    @error('captcha-response') error="{{ $message }}" @enderror>
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>
