FROM golang:1.22
RUN GOOS=windows GOARCH=amd64 go build -o /out/app.exe .
RUN GOOS=darwin GOARCH=arm64 go build -o /out/app-mac .
