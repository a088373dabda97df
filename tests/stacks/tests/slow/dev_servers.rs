use sori_stacks::{
    Backend, Process, Visitor, Way, copy, folder, free_port, node_packages, run, snippet, walk,
};

fn link(from: &std::path::Path, to: &std::path::Path) {
    std::os::unix::fs::symlink(from, to).expect("a link can be made");
}

/// Vite forwards the widget's requests; another server receives the form.
#[tokio::test(flavor = "multi_thread")]
async fn vite_passes_the_captcha_on() {
    let folder = folder("vite");
    copy(&snippet("vite"), &folder);
    link(&node_packages("node"), &folder.join("node_modules"));
    let page = "<!doctype html><html lang=en><title>Join</title><sori-captcha endpoint=\"/captcha\"></sori-captcha>";
    std::fs::write(folder.join("index.html"), page).expect("a page can be written");
    let backend = Backend::behind_the_sites_proxy().await;
    let command =
        "exec node node_modules/vite/bin/vite.js --host 127.0.0.1 --port $PORT --strictPort";
    let site = Process::start(command, &folder, free_port(), &backend);
    let mut visitor = Visitor::of(&site, &backend, Way::ThroughTheSite);
    visitor.opens("/").await;
    visitor.answers("12345").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn next_passes_the_captcha_on_and_checks_the_form() {
    let folder = folder("next");
    copy(&snippet("next"), &folder);
    link(&node_packages("next"), &folder.join("node_modules"));
    let layout = "export default function Layout({ children }) { return <html lang=\"en\"><body>{children}</body></html>; }";
    std::fs::write(folder.join("app/layout.jsx"), layout).expect("a layout can be written");
    // Other tests run the element in browsers. Here a stand-in replaces the package.
    let package = folder.join("stand-in");
    std::fs::create_dir_all(&package).expect("a folder can be made");
    std::fs::write(package.join("define.js"), "export {};\n").expect("a file can be written");
    let alias =
        r#"{"compilerOptions":{"paths":{"sori-captcha/define.js":["./stand-in/define.js"]}}}"#;
    std::fs::write(folder.join("jsconfig.json"), alias).expect("a file can be written");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let next = "node node_modules/next/dist/bin/next";
    run(&format!("{next} build"), &folder, &backend);
    let command = format!("exec {next} start --hostname 127.0.0.1 --port $PORT");
    let site = Process::start(&command, &folder, port, &backend);
    walk(site, backend, "/join", "/join/check", Way::ThroughTheSite).await;
}
