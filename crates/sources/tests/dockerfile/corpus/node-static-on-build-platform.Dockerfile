# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM node:22 AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run build
FROM nginx:alpine
COPY --from=build /src/dist /usr/share/nginx/html
