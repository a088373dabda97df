<?php

// routes/web.php
use App\Rules\SoriCaptcha;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Route;

Route::view('/join', 'join');

Route::post('/join', function (Request $request) {
    $request->validate(['captcha-response' => [new SoriCaptcha]]);
    return 'Welcome';
});
