curl "http://127.0.0.1:8041/v1/captcha/skey?code=0" \
    -H "X-Naver-Client-Id: practice-id" -H "X-Naver-Client-Secret: practice-secret"
