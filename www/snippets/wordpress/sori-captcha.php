<?php
/**
 * Plugin Name: Sori captcha
 * Description: An audio captcha in the forms for comments and registration.
 * Version: 0.1.0
 */

defined('ABSPATH') || exit;

function sori_widget(): string
{
    return '<script type="module" src="/sori/define.js"></script>'
        . '<p><sori-captcha endpoint="/captcha" name="captcha" required>'
        . '<a slot="alternative" href="/contact">' . esc_html__('Verify another way') . '</a>'
        . '</sori-captcha></p>';
}

/** Whether the submitted form may pass. Everything but a verified answer is a no. */
function sori_is_verified(): bool
{
    $response = isset($_POST['captcha-response']) ? wp_unslash($_POST['captcha-response']) : '';
    if (!is_string($response) || $response === '') {
        return false;
    }
    $answer = wp_remote_post(SITEVERIFY_URL, [
        'timeout' => 20,
        'body' => ['secret' => SITEVERIFY_SECRET, 'response' => $response],
    ]);
    // A WP_Error has no body, so it is a no, too.
    $verdict = json_decode(wp_remote_retrieve_body($answer), true);
    return is_array($verdict) && ($verdict['success'] ?? false) === true;
}

const SORI_REFUSAL = 'The numbers did not match. Go back, play new audio and type them again.';

// Comments. Moderators also answer from the dashboard, which has no widget.
add_filter('comment_form_submit_field', function ($field) {
    return current_user_can('moderate_comments') ? $field : sori_widget() . $field;
});
add_filter('preprocess_comment', function ($comment) {
    $by_a_person = in_array($comment['comment_type'], ['', 'comment'], true);
    if ($by_a_person && !current_user_can('moderate_comments') && !sori_is_verified()) {
        wp_die(esc_html(SORI_REFUSAL), '', ['response' => 422, 'back_link' => true]);
    }
    return $comment;
});

// Registration.
add_action('register_form', function () {
    echo sori_widget();
});
add_filter('registration_errors', function ($errors) {
    if (!sori_is_verified()) {
        $errors->add('sori_captcha', esc_html(SORI_REFUSAL));
    }
    return $errors;
});
