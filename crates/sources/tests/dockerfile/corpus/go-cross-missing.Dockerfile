FROM --platform=$BUILDPLATFORM golang:1.23 AS build
# ^ build-platform-without-cross-compiling
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/app .
FROM alpine
COPY --from=build /out/app /usr/local/bin/app
