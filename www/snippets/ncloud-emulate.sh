sori-backend emulate --listen 127.0.0.1:8041 --dialect ncloud --practice-answer 12345
