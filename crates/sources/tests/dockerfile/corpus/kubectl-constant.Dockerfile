FROM alpine:3.20
RUN apk add --no-cache curl && curl -Lo /usr/local/bin/kubectl https://dl.k8s.io/release/v1.30.0/bin/linux/amd64/kubectl && chmod +x /usr/local/bin/kubectl
# ^ single-architecture-download
