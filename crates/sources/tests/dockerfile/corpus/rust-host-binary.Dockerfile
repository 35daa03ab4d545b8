FROM debian:bookworm-slim
COPY target/release/server /usr/local/bin/server
# ^ copy-build-output
CMD ["server"]
