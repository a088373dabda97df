npm install sori-captcha
