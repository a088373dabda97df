install -d -m 0700 /etc/sori
umask 077
openssl rand -hex 32 > /etc/sori/siteverify-secret
SORI_CLIENT_ID_FILE=/etc/sori/client-id \
SORI_CLIENT_SECRET_FILE=/etc/sori/client-secret \
SORI_SITEVERIFY_SECRET_FILE=/etc/sori/siteverify-secret \
SORI_ALLOWED_ORIGINS=https://www.example.com \
SORI_TRUSTED_PROXIES=127.0.0.1 \
SORI_STATE_DIR=/var/lib/sori \
sori-backend serve --listen 127.0.0.1:8040
