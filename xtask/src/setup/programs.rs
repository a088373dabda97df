//! Programs that come from packages of the operating system, other than the browsers and servers.

use super::system::Program;

/// Emulates a sound card, because Firefox and WebKit play nothing without one.
pub(super) const PULSEAUDIO: Program = Program {
    otherwise: "it is the sound card of the tests, without which Firefox and WebKit play nothing",
    ..Program::of_linux(&["pulseaudio"], "pulseaudio", "pulseaudio")
};
pub(super) const XVFB: Program = Program::of_linux(&["Xvfb"], "xvfb", "xorg-x11-server-Xvfb");
pub(super) const SCREEN_READER: &[Program] = &[
    XVFB,
    Program::of_linux(&["dbus-daemon"], "dbus", "dbus-daemon"),
    Program::of_linux(
        &["/usr/libexec/at-spi-bus-launcher"],
        "at-spi2-core",
        "at-spi2-core",
    ),
    Program::of_linux(&["gdbus"], "libglib2.0-bin", "glib2"),
    Program::of_linux(&["openbox"], "openbox", "openbox"),
    Program::of_linux(&["xdotool"], "xdotool", "xdotool"),
    Program::of_linux(&["orca"], "orca", "orca"),
];

/// Runs the snippets for Python and the published clients in it. Debian's package of virtual environments brings Python too.
pub(super) const PYTHON: &[Program] = &[Program {
    homebrew: Some("python"),
    ..Program::of_linux(&["python3"], "python3-venv", "python3")
}];
/// The programs for the server snippets whose tests are fast.
pub(super) const STACKS: &[Program] = &[Program {
    ubuntu: Some("php-cli"),
    homebrew: Some("php"),
    ..Program::of_linux(&["php"], "php-cli", "php-cli")
}];
/// The programs for the server snippets whose tests are slow.
pub(super) const MORE_STACKS: &[Program] = &[
    Program::of_linux(&["go"], "golang-go", "golang"),
    // The JSON library of C#, for the class that the page about ASP.NET shows.
    Program::of_linux(
        &["/usr/lib/mono/4.5/System.Runtime.Serialization.dll"],
        "libmono-system-runtime-serialization4.0-cil",
        "mono-wcf",
    ),
    Program::of_linux(&["puma"], "puma", "rubygem-puma"),
    // The C# clients run on Mono, because Debian has no .NET.
    Program::of_linux(&["mcs"], "mono-mcs", "mono-core"),
    Program::of_linux(
        &["/usr/lib/mono/4.5/System.Net.Http.dll"],
        "libmono-system-net-http4.0-cil",
        "mono-web",
    ),
    Program::of_linux(
        &["/usr/lib/mono/4.5/System.Web.Extensions.dll"],
        "libmono-system-web-extensions4.0-cil",
        "mono-web",
    ),
    Program::of_linux(
        &["/usr/lib/ruby/vendor_ruby/recaptcha.rb"],
        "ruby-recaptcha",
        "rubygem-recaptcha",
    ),
    Program::of_linux(
        // The paths of the package's other files contain its version.
        &["/usr/share/doc/ruby-railties/copyright"],
        "ruby-railties",
        "rubygem-railties",
    ),
    Program::of_linux(
        &["/usr/share/php/Illuminate/autoload.php"],
        "php-laravel-framework",
        "php-laravel-framework",
    ),
    // Laravel's HTTP client.
    Program::of_linux(
        &["/usr/share/php/GuzzleHttp/Client.php"],
        "php-guzzlehttp-guzzle",
        "php-guzzlehttp-guzzle",
    ),
    Program::of_linux(
        &["/usr/share/wordpress/wp-load.php"],
        "wordpress",
        "wordpress",
    ),
    Program::of_linux(
        &["mariadbd", "/usr/sbin/mariadbd"],
        "mariadb-server",
        "mariadb-server",
    ),
    Program::of_linux(
        &["/usr/share/doc/php-mysql/copyright"],
        "php-mysql",
        "php-mysqlnd",
    ),
    Program::of_linux(
        &["/usr/share/php/ReCaptcha/autoload.php"],
        "php-google-recaptcha",
        "php-google-recaptcha",
    ),
    Program::of_linux(
        &["/usr/share/doc/php-curl/copyright"],
        "php-curl",
        "php-curl",
    ),
    Program::of_linux(
        &["/usr/share/gocode/src/github.com/dpapathanasiou/go-recaptcha/recaptcha.go"],
        "golang-github-dpapathanasiou-go-recaptcha-dev",
        "golang-github-dpapathanasiou-go-recaptcha-devel",
    ),
    Program::of_linux(&["javac"], "default-jdk-headless", "java-devel"),
    Program::of_linux(
        &["/usr/share/java/spring3-web.servlet.jar"],
        "libspring-web-servlet-java",
        "springframework-webmvc",
    ),
    Program::of_linux(
        &["/usr/share/java/tomcat9-catalina.jar"],
        "libtomcat9-java",
        "tomcat",
    ),
    Program::of_linux(
        &["/usr/share/java/jackson-databind.jar"],
        "libjackson2-databind-java",
        "jackson-databind",
    ),
];
