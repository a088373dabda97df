# app/controllers/join_controller.rb
class JoinController < ApplicationController
  def show
  end

  def create
    if verify_recaptcha(response: params["captcha-response"])
      render plain: "Welcome"
    else
      @error = "The numbers did not match. Play new audio and type them again."
      render :show, status: :unprocessable_entity
    end
  end
end
