FROM node:20
WORKDIR /usr/src/app
COPY package*.json ./
COPY node_modules ./node_modules
# ^ copy-node-modules
COPY src ./src
CMD ["node", "src/index.js"]
