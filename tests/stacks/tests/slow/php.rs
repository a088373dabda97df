use sori_stacks::{Backend, Process, Way, constants, copy, folder, free_port, snippet, walk};

/// Debian has Laravel's framework without an application. This is the part of an application that a form needs.
const LARAVEL: &str = r#"<?php
require '/usr/share/php/Illuminate/autoload.php';
require '/usr/share/php/GuzzleHttp/autoload.php';
require __DIR__ . '/app/Rules/SoriCaptcha.php';

$app = new Illuminate\Foundation\Application(__DIR__);
$services = eval('return [' . preg_replace('/^\s*\/\/.*$/m', '', file_get_contents(__DIR__ . '/config/services.part')) . '];');
$app->instance('config', new Illuminate\Config\Repository([
    'app' => ['key' => str_repeat('k', 32), 'cipher' => 'AES-256-CBC', 'locale' => 'en', 'fallback_locale' => 'en'],
    'services' => $services,
    'session' => ['driver' => 'file', 'files' => __DIR__ . '/sessions', 'lifetime' => 120, 'cookie' => 'site', 'path' => '/', 'domain' => null, 'secure' => false, 'http_only' => true, 'same_site' => 'lax', 'lottery' => [0, 1], 'encrypt' => false, 'expire_on_close' => false],
    'view' => ['paths' => [__DIR__ . '/resources/views'], 'compiled' => __DIR__ . '/compiled'],
]));
Illuminate\Support\Facades\Facade::setFacadeApplication($app);
foreach ([
    Illuminate\Events\EventServiceProvider::class, Illuminate\Filesystem\FilesystemServiceProvider::class,
    Illuminate\Encryption\EncryptionServiceProvider::class, Illuminate\Session\SessionServiceProvider::class,
    Illuminate\Translation\TranslationServiceProvider::class, Illuminate\Validation\ValidationServiceProvider::class,
    Illuminate\View\ViewServiceProvider::class, Illuminate\Cookie\CookieServiceProvider::class,
    Illuminate\Foundation\Providers\FoundationServiceProvider::class,
] as $provider) {
    $app->register($provider);
}
$app->instance('path.lang', __DIR__ . '/lang');
$app->boot();
$request = Illuminate\Http\Request::capture();
$app->instance('request', $request);
$app['url']->setRequest($request);
$router = $app['router'];
$router->group(['middleware' => [
    Illuminate\Session\Middleware\StartSession::class, Illuminate\View\Middleware\ShareErrorsFromSession::class,
]], __DIR__ . '/routes/web.php');
try {
    $response = $router->dispatch($request);
} catch (Illuminate\Validation\ValidationException $refused) {
    // As Laravel's own handler does: back to the form, with the errors and the old input.
    $request->session()->flashInput($request->except('captcha-response'));
    $errors = new Illuminate\Support\ViewErrorBag;
    $request->session()->flash('errors', $errors->put('default', new Illuminate\Support\MessageBag($refused->errors())));
    $request->session()->save();
    $response = new Illuminate\Http\RedirectResponse('/join', 302);
}
$response->send();
"#;

#[tokio::test(flavor = "multi_thread")]
async fn laravel_checks_the_form() {
    let folder = folder("laravel");
    copy(
        &snippet("laravel/SoriCaptcha.php"),
        &folder.join("app/Rules/SoriCaptcha.php"),
    );
    copy(
        &snippet("laravel/services.php"),
        &folder.join("config/services.part"),
    );
    copy(
        &snippet("laravel/routes.php"),
        &folder.join("routes/web.php"),
    );
    copy(
        &snippet("laravel/join.blade.php"),
        &folder.join("resources/views/join.blade.php"),
    );
    for made in ["sessions", "compiled", "lang"] {
        std::fs::create_dir_all(folder.join(made)).expect("a folder can be made");
    }
    std::fs::write(folder.join("index.php"), LARAVEL).expect("a file can be written");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let site = Process::start(
        "exec php -S 127.0.0.1:$PORT index.php",
        &folder,
        port,
        &backend,
    );
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}

/// Gnuboard itself cannot be installed here. These are the three functions that it calls.
const GNUBOARD: &str = r#"<?php
define('_GNUBOARD_', true);
define('G5_BBS_URL', '/bbs');
require __DIR__ . '/sori.config.php';
// Gnuboard's common.php adds slashes to the values of a form.
$_POST = array_map('addslashes', $_POST);
require __DIR__ . '/captcha.lib.php';
if ($_SERVER['REQUEST_METHOD'] === 'POST' && chk_captcha()) exit('Welcome');
echo '<form method="post" onsubmit="' . htmlspecialchars(chk_captcha_js()) . '">' . captcha_html() . '</form>';
if ($_SERVER['REQUEST_METHOD'] === 'POST') echo '<p error="The numbers did not match."></p>';
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_functions_that_gnuboard_calls_check_the_form() {
    let folder = folder("gnuboard");
    copy(
        &snippet("gnuboard/captcha.lib.php"),
        &folder.join("captcha.lib.php"),
    );
    std::fs::write(folder.join("index.php"), GNUBOARD).expect("a file can be written");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let config = constants("gnuboard/config.php", &folder, &backend);
    std::fs::write(folder.join("sori.config.php"), config).expect("a file can be written");
    let site = Process::start(
        "exec php -S 127.0.0.1:$PORT index.php",
        &folder,
        port,
        &backend,
    );
    walk(site, backend, "/", "/", Way::PastTheSite).await;
}
