sori-backend check http://127.0.0.1:8042/captcha --origin https://www.example.com --yes
