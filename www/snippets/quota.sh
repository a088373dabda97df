SORI_PRACTICE_ANSWER=12345 \
sori-backend serve --listen 127.0.0.1:8040 --daily-quota 2 --hourly-share off
