FROM rust:1.80 AS build
RUN rustup target add x86_64-unknown-linux-musl
COPY . .
RUN cargo build --release --target x86_64-unknown-linux-musl
# ^ rust-target-constant
FROM scratch
COPY --from=build /target/x86_64-unknown-linux-musl/release/app /app
