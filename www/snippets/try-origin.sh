cargo run --release -p sori-backend -- serve --allowed-origins http://localhost:8000
