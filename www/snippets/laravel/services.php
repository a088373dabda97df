    // config/services.php
    'sori' => [
        'url' => env('SITEVERIFY_URL'),
        'secret' => env('SITEVERIFY_SECRET'),
    ],
