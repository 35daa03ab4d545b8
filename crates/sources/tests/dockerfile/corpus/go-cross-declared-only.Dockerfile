FROM --platform=${BUILDPLATFORM} golang:1.23 AS build
# ^ build-platform-without-cross-compiling
ARG TARGETARCH
COPY . .
RUN go build -o /out/app .
FROM debian:12
COPY --from=0 /out/app /app
