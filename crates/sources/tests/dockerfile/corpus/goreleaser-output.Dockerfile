FROM alpine
COPY dist/app_linux_amd64_v1/app /app
# ^ copy-build-output
