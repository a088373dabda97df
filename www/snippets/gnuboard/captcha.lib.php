<?php
// plugin/sori/captcha.lib.php
if (!defined('_GNUBOARD_')) exit;

/** The widget, in every form that has a captcha. */
function captcha_html($class = 'captcha')
{
    return '<fieldset id="captcha" class="' . $class . '">'
        . '<script type="module" src="/sori/define.js"></script>'
        . '<sori-captcha endpoint="/captcha" name="captcha" required>'
        . '<a slot="alternative" href="' . G5_BBS_URL . '/qalist.php">다른 방법으로 확인</a>'
        . '</sori-captcha></fieldset>';
}

/** Goes into the form's submit handler. */
function chk_captcha_js()
{
    return "if (!document.querySelector('sori-captcha').reportValidity()) return false;\n";
}

/** Whether the submitted form may pass. Everything but a verified answer is a no. */
function chk_captcha()
{
    $response = isset($_POST['captcha-response']) ? $_POST['captcha-response'] : '';
    if (!is_string($response) || $response === '') {
        return false;
    }
    // G5 adds slashes to what is posted.
    $question = array('secret' => SITEVERIFY_SECRET, 'response' => stripslashes($response));
    $context = stream_context_create(array('http' => array(
        'method' => 'POST',
        'header' => 'Content-Type: application/x-www-form-urlencoded',
        'content' => http_build_query($question),
        'timeout' => 20,
    )));
    $answer = @file_get_contents(SITEVERIFY_URL, false, $context);
    $verdict = $answer === false ? null : json_decode($answer, true);
    return isset($verdict['success']) && $verdict['success'] === true;
}
