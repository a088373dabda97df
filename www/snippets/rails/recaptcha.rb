# config/initializers/recaptcha.rb
Recaptcha.configure do |config|
  config.verify_url = ENV.fetch("SITEVERIFY_URL")
  config.secret_key = ENV.fetch("SITEVERIFY_SECRET")
  config.site_key = "not used"
end
