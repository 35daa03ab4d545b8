FROM --platform=$BUILDPLATFORM golang:1.23 AS tools
RUN go build -o /usr/bin/linter ./lint
FROM tools AS lint
RUN linter ./...
