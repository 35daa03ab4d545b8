FROM node:20
RUN npm install --no-save @esbuild/linux-x64@0.21.5
# ^ single-architecture-download
