use sori_stacks::{
    Backend, Process, Way, copy, folder, free_port, python_packages, run, snippet, walk,
};

#[tokio::test(flavor = "multi_thread")]
async fn fastapi_checks_the_form() {
    let folder = folder("fastapi");
    copy(&snippet("fastapi"), &folder);
    copy(&snippet("verify.py"), &folder.join("verify.py"));
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let command = format!(
        "exec {}/uvicorn app:app --port $PORT",
        python_packages().display()
    );
    let site = Process::start(&command, &folder, port, &backend);
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn django_checks_the_form() {
    let folder = folder("django");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let path = format!("export PATH={}:$PATH\n", python_packages().display());
    let setup = std::fs::read_to_string(snippet("django/setup.sh")).expect("a snippet");
    run(&format!("{path}{setup}"), &folder, &backend);
    copy(&snippet("django/join"), &folder.join("join"));
    copy(
        &snippet("django/mysite_urls.py"),
        &folder.join("mysite/urls.py"),
    );
    copy(&snippet("verify.py"), &folder.join("join/verify.py"));
    let command = format!("{path}exec python manage.py runserver --noreload 127.0.0.1:$PORT");
    let site = Process::start(&command, &folder, port, &backend);
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}
