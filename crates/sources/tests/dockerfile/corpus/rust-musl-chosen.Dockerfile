FROM rust:1.80 AS build
COPY . .
RUN cargo build --release --target "$(uname -m)-unknown-linux-musl"
FROM scratch
COPY --from=build /out/app /app
