FROM golang:1.22
ARG GOARCH=amd64
# ^ goarch-constant
RUN go build -o /bin/x ./...
