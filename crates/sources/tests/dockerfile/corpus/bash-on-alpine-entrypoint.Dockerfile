FROM node:20-alpine
WORKDIR /app
ENTRYPOINT ["/bin/bash", "/app/start"]
# ^ bash-on-alpine
