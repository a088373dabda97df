# Runs Ruby's recaptcha gem as its users do, and prints what it made of the response.
# Usage: ruby verify.rb CLIENT SITEVERIFY_URL < {"secret": …, "response": …}

require "json"
require "recaptcha"

input = JSON.parse($stdin.read)
Recaptcha.configure do |config|
  config.site_key = "a-site-key"
  config.secret_key = input["secret"]
  config.verify_url = ARGV[1]
end

# What Rails gives the gem: the form's fields and the request.
Join = Struct.new(:params, :request, :env) do
  include Recaptcha::Verify
end
Request = Struct.new(:remote_ip)

form = { "g-recaptcha-response" => input["response"] }
passed = Join.new(form, Request.new("192.0.2.7"), {}).verify_recaptcha
puts JSON.dump(passed: passed)
