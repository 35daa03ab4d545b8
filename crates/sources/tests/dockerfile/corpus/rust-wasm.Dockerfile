FROM rust:1.80
RUN cargo build --release --target wasm32-unknown-unknown
