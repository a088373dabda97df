SORI_STORE=redis://valkey.internal:6379 \
SORI_CLIENT_ID_FILE=/etc/sori/client-id \
SORI_CLIENT_SECRET_FILE=/etc/sori/client-secret \
SORI_SITEVERIFY_SECRET_FILE=/etc/sori/siteverify-secret \
SORI_ALLOWED_ORIGINS=https://www.example.com \
SORI_TRUSTED_PROXIES=127.0.0.1 \
sori-backend serve --listen 127.0.0.1:8040
