FROM swift:5.10-slim
COPY .build/release/App /app
# ^ copy-build-output
