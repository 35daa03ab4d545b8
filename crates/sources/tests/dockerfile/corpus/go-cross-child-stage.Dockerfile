FROM --platform=$BUILDPLATFORM golang:1.23 AS base
# ^ build-platform-without-cross-compiling
WORKDIR /src
FROM base AS build
COPY . .
RUN go build -o /out/app .
FROM debian:12
COPY --from=build /out/app /app
