FROM --platform=linux/amd64 debian:12 AS base-amd64
FROM --platform=linux/arm64 debian:12 AS base-arm64
ARG TARGETARCH
FROM base-${TARGETARCH}
CMD ["true"]
