<?php
// extend/sori.config.php
define('SITEVERIFY_URL', 'http://127.0.0.1:8040/captcha/siteverify');
define('SITEVERIFY_SECRET', trim(file_get_contents('/etc/sori/siteverify-secret')));
