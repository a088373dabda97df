<?php
// Runs Google's own PHP library as its users do, and prints what it made of the response.
// Usage: php verify.php CLIENT SITEVERIFY_URL < {"secret": …, "response": …}

require 'ReCaptcha/autoload.php';

[, $client, $url] = $argv;
$input = json_decode(stream_get_contents(STDIN), true);
$method = $client === 'curl'
    ? new ReCaptcha\RequestMethod\CurlPost(null, $url)
    : new ReCaptcha\RequestMethod\Post($url);
$recaptcha = new ReCaptcha\ReCaptcha($input['secret'], $method);
$answer = $recaptcha->verify($input['response'], '192.0.2.7');
echo json_encode([
    'passed' => $answer->isSuccess(),
    'hostname' => $answer->getHostname() ?: null,
    'error' => $answer->getErrorCodes()[0] ?? null,
]);
