FROM golang:1.23 AS build
ENV CGO_ENABLED=0 \
    GOOS=linux \
    GOARCH=amd64
# ^ goarch-constant
COPY . .
RUN go build -o /app .
FROM scratch
COPY --from=build /app /app
