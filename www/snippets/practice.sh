SORI_PRACTICE_ANSWER=12345 \
SORI_SITEVERIFY_SECRET=test-only-secret-of-at-least-32-bytes \
sori-backend serve --listen 127.0.0.1:8040
