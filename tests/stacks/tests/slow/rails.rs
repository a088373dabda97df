use sori_stacks::{Backend, Process, Way, copy, folder, free_port, snippet, walk};

/// The part of what `rails new` makes that one form needs.
const APP: &str = r#"
require "action_controller/railtie"
require "recaptcha/rails"
class Site < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.secret_key_base = "0" * 64
  config.hosts.clear
  config.logger = Logger.new($stderr)
end
class ApplicationController < ActionController::Base; end
require_relative "config/initializers/recaptcha"
require_relative "app/controllers/join_controller"
Site.initialize!
Rails.application.routes.draw do
  get "/join", to: "join#show"
  post "/join", to: "join#create"
end
run Rails.application
"#;

#[tokio::test(flavor = "multi_thread")]
async fn rails_checks_the_form_with_the_recaptcha_gem() {
    let folder = folder("rails");
    std::fs::write(folder.join("config.ru"), APP).expect("a file can be written");
    copy(
        &snippet("rails/recaptcha.rb"),
        &folder.join("config/initializers/recaptcha.rb"),
    );
    copy(
        &snippet("rails/join_controller.rb"),
        &folder.join("app/controllers/join_controller.rb"),
    );
    copy(
        &snippet("rails/show.html.erb"),
        &folder.join("app/views/join/show.html.erb"),
    );
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    let command =
        "RAILS_ENV=production exec puma --bind tcp://127.0.0.1:$PORT --threads 1:2 config.ru";
    let site = Process::start(command, &folder, port, &backend);
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}
