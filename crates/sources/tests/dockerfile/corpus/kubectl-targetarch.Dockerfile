FROM alpine:3.20
ARG TARGETARCH
RUN apk add --no-cache curl && curl -Lo /usr/local/bin/kubectl "https://dl.k8s.io/release/v1.30.0/bin/linux/${TARGETARCH}/kubectl"
