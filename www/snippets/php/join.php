<?php
require __DIR__ . '/captcha.php';

$error = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (sori_is_verified($_POST)) {
        exit('Welcome');
    }
    http_response_code(422);
    $error = 'The numbers did not match. Play new audio and type them again.';
}
?>
<!doctype html>
<html lang="en">
<title>Join</title>
<script type="module" src="/sori/define.js"></script>
<form action="/join.php" method="post">
  <label>Name <input name="name" required></label>
  <sori-captcha endpoint="/captcha" name="captcha" required <?= $error ? 'error="' . htmlspecialchars($error) . '"' : '' ?>>
    <a slot="alternative" href="/join/by-phone">Verify another way</a>
  </sori-captcha>
  <button>Join</button>
</form>
