<?php

namespace App\Rules;

use Illuminate\Contracts\Validation\ImplicitRule;
use Illuminate\Support\Facades\Http;
use Throwable;

/** Implicit, so that it also runs, and fails, where the field is missing. */
class SoriCaptcha implements ImplicitRule
{
    public function passes($attribute, $value)
    {
        if (!is_string($value) || $value === '') {
            return false;
        }
        try {
            $answer = Http::asForm()->timeout(20)->post(config('services.sori.url'), [
                'secret' => config('services.sori.secret'),
                'response' => $value,
            ]);
            return $answer->json('success') === true;
        } catch (Throwable $error) {
            return false;
        }
    }

    public function message()
    {
        return 'The numbers did not match. Play new audio and type them again.';
    }
}
