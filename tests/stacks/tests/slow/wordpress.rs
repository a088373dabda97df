use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, path::Path, thread};

use sori_stacks::{
    Backend, Process, Visitor, Way, constants, copy, folder, free_port, run, snippet,
};

/// MariaDB in the test's own folder, which can be reached only by its socket.
struct Database(Child);

impl Database {
    fn start(folder: &Path, backend: &Backend) -> Self {
        let path = folder.display();
        run(
            &format!(
                "mariadb-install-db --no-defaults --datadir={path}/data --auth-root-authentication-method=normal --user=$(id -un) >/dev/null"
            ),
            folder,
            backend,
        );
        let server = Command::new("mariadbd")
            .args(["--no-defaults", "--skip-networking", "--skip-log-bin"])
            .arg(format!("--datadir={path}/data"))
            .arg(format!("--socket={path}/socket"))
            .arg(format!("--user={}", run("id -un", folder, backend).trim()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mariadbd starts");
        let patience = Instant::now() + Duration::from_secs(60);
        while !folder.join("socket").exists() {
            assert!(Instant::now() < patience, "MariaDB opens no socket");
            thread::sleep(Duration::from_millis(100));
        }
        Self(server)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let ended = self.0.kill();
        let waited = self.0.wait();
        assert!(ended.is_ok() && waited.is_ok() || thread::panicking());
    }
}

/// Installs the site, with the plugin activated and a post that accepts comments.
const INSTALL: &str = r#"<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1:' . getenv('PORT');
require __DIR__ . '/site/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Site', 'admin', 'admin@example.com', true, '', 'a password of the test');
switch_theme('plain');
update_option('active_plugins', ['sori-captcha.php']);
update_option('users_can_register', 1);
update_option('comment_moderation', 0);
update_option('comment_previously_approved', 0);
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_plugin_checks_comments_and_registrations() {
    let folder = folder("wordpress");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let _database = Database::start(&folder, &backend);
    let path = folder.display().to_string();
    run(
        &format!("mariadb --no-defaults --socket={path}/socket -u root -e 'CREATE DATABASE site'"),
        &folder,
        &backend,
    );
    // Debian's package links to the folders of a site that do not all exist here.
    run(
        "cp -rL /usr/share/wordpress/. site 2>/dev/null || test -f site/wp-load.php",
        &folder,
        &backend,
    );
    let config = format!(
        "<?php\ndefine('DB_NAME', 'site'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:{path}/socket');\n\
         define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');\n\
         {}\n\
         define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('WP_ACCESSIBLE_HOSTS', '127.0.0.1');\n\
         define('WP_CONTENT_DIR', __DIR__ . '/wp-content');\n\
         $table_prefix = 'wp_';\nif (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');\nrequire_once ABSPATH . 'wp-settings.php';\n",
        constants("wordpress/wp-config.php", &folder, &backend)
    );
    let site = folder.join("site");
    run("rm -f site/wp-config.php", &folder, &backend);
    fs::write(site.join("wp-config.php"), config).expect("a file can be written");
    copy(
        &snippet("wordpress/sori-captcha.php"),
        &site.join("wp-content/plugins/sori-captcha.php"),
    );
    let theme = site.join("wp-content/themes/plain");
    fs::create_dir_all(&theme).expect("a folder can be made");
    fs::write(theme.join("style.css"), "/* Theme Name: Plain */").expect("a file can be written");
    let index = "<?php while (have_posts()) { the_post(); the_title(); comment_form(); }";
    fs::write(theme.join("index.php"), index).expect("a file can be written");
    fs::write(folder.join("install.php"), INSTALL).expect("a file can be written");
    run(&format!("PORT={port} php install.php"), &folder, &backend);
    // All visitors of the test have one IP address, and WordPress refuses comments that come too fast.
    let plugin = "<?php remove_filter('check_comment_flood', 'check_comment_flood_db');";
    fs::create_dir_all(site.join("wp-content/mu-plugins")).expect("a folder can be made");
    fs::write(site.join("wp-content/mu-plugins/test.php"), plugin).expect("a file can be written");
    let site = Process::start(
        "cd site && exec php -S 127.0.0.1:$PORT",
        &folder,
        port,
        &backend,
    );

    let mut visitor = Visitor::of(&site, &backend, Way::PastTheSite);
    let right = visitor.answers("12345").await;
    let wrong = visitor.answers("54321").await;
    for (fields, passes) in [
        (vec![], false),
        (vec![("captcha-response", wrong.as_str())], false),
        (vec![("captcha-response", right.as_str())], true),
        (vec![("captcha-response", right.as_str())], false),
    ] {
        let words = format!("A comment with {} fields", fields.len());
        let mut form = vec![
            ("comment", words.as_str()),
            ("author", "Bora"),
            ("email", "bora@example.com"),
        ];
        form.extend(fields.iter().copied());
        let shown = visitor.sends("/?p=1", "/wp-comments-post.php", &form).await;
        assert_eq!(
            shown.text.contains("The numbers did not match"),
            !passes,
            "{fields:?}: {}",
            shown.text
        );
        assert_eq!(shown.status.is_success(), passes, "{fields:?}");
    }

    let right = visitor.answers("12345").await;
    for (response, passes) in [("", false), (right.as_str(), true)] {
        let form = [
            ("user_login", "bora"),
            ("user_email", "bora@example.com"),
            ("captcha-response", response),
        ];
        let register = "/wp-login.php?action=register";
        let shown = visitor.sends(register, register, &form).await;
        assert_eq!(
            shown.text.contains("The numbers did not match"),
            !passes,
            "{response}: {}",
            shown.text
        );
    }
}
