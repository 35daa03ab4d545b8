FROM --platform=$BUILDPLATFORM python:3.12-slim AS base
# ^ build-platform-without-cross-compiling
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "app.py"]
