FROM golang:1.22
COPY . .
RUN GOOS=linux GOARCH=amd64 go build -o /out/app-amd64 .
RUN GOOS=linux GOARCH=arm64 go build -o /out/app-arm64 .
