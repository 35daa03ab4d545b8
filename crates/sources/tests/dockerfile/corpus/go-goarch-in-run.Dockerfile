FROM golang:1.23-alpine AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build -o /app .
# ^ goarch-constant
FROM alpine:3.20
COPY --from=build /app /app
CMD ["/app"]
