ARG PLATFORM=linux/amd64
FROM --platform=$PLATFORM debian:12
FROM --platform=${TARGETPLATFORM:-linux/amd64} debian:12
