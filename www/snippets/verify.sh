curl "$SITEVERIFY_URL" \
    --data-urlencode "secret=$SITEVERIFY_SECRET" \
    --data-urlencode "response=$CAPTCHA_RESPONSE"
