SORI_UPSTREAM=ncloud \
SORI_CLIENT_ID_FILE=/etc/sori/ncloud-client-id \
SORI_CLIENT_SECRET_FILE=/etc/sori/ncloud-client-secret \
SORI_DAILY_QUOTA=5000 \
SORI_SITEVERIFY_SECRET_FILE=/etc/sori/siteverify-secret \
SORI_ALLOWED_ORIGINS=https://www.example.com \
SORI_TRUSTED_PROXIES=127.0.0.1 \
SORI_STATE_DIR=/var/lib/sori-ncloud \
sori-backend serve --listen 127.0.0.1:8042
