cargo run --release -p sori-backend -- serve --listen 127.0.0.1:8040
