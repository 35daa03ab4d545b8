FROM golang:1.23
WORKDIR /src
COPY . .
RUN go mod tidy && \
    go vet ./... && \
    env CGO_ENABLED=0 GOARCH=arm64 go build -o /bin/tool
# ^ goarch-constant
