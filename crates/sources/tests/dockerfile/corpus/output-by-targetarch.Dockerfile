FROM alpine
ARG TARGETARCH
COPY dist/app-linux-${TARGETARCH} /app
COPY dist/config-amd64.yaml /etc/
