FROM --platform=$BUILDPLATFORM golang:1.23 AS build
ARG TARGETARCH
COPY . .
RUN make build
FROM alpine
COPY --from=build /src/bin/app /app
