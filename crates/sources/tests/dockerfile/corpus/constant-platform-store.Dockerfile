FROM --platform=linux/amd64 example/web-vault@sha256:aaaa AS vault
# ^ from-constant-platform note
FROM debian:12
COPY --from=vault /web-vault /web-vault
