FROM scratch
COPY ["target/x86_64-unknown-linux-musl/release/app", "/app"]
# ^ copy-build-output
