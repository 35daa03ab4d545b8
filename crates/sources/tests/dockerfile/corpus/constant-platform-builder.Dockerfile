FROM --platform=linux/amd64 node:20 AS build
# ^ from-constant-platform
RUN npm run build
FROM nginx
COPY --from=build /dist /usr/share/nginx/html
