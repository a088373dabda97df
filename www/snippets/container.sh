SORI_UPSTREAM=practice \
SORI_PRACTICE_ANSWER=12345 \
SORI_PRACTICE_PRIVATE=true \
SORI_ALLOWED_ORIGINS=http://web:3000 \
SORI_SITEVERIFY_SECRET=test-only-secret-of-at-least-32-bytes \
sori-backend serve --listen 0.0.0.0:8040
