<?php

/** Whether a submitted form may pass. Everything but a verified answer is a no. */
function sori_is_verified(array $form): bool
{
    $response = $form['captcha-response'] ?? '';
    if (!is_string($response) || $response === '') {
        return false;
    }
    $question = ['secret' => getenv('SITEVERIFY_SECRET'), 'response' => $response];
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => 'Content-Type: application/x-www-form-urlencoded',
        'content' => http_build_query($question),
        'timeout' => 20,
    ]]);
    $answer = @file_get_contents(getenv('SITEVERIFY_URL'), false, $context);
    return $answer !== false && (json_decode($answer, true)['success'] ?? false) === true;
}
