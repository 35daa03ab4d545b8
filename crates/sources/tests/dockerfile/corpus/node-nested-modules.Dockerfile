FROM node:20-slim
COPY ./frontend/node_modules/ /srv/node_modules/
# ^ copy-node-modules
COPY ./frontend/dist /srv/dist
