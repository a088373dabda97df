curl -s "http://127.0.0.1:8041/scaptcha/v1/skey?code=0" \
  -H "X-NCP-APIGW-API-KEY-ID: practice-id" \
  -H "X-NCP-APIGW-API-KEY: practice-secret"
