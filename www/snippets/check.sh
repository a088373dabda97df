sori-backend check https://example.com/captcha
