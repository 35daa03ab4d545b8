FROM --platform=$BUILDPLATFORM rust:1.80 AS build
# ^ build-platform-without-cross-compiling
COPY . .
RUN cargo build --release
FROM debian:bookworm-slim
COPY --from=build /target/release/app /app
