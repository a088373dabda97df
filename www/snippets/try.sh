cargo run --release -p sori-backend -- serve
