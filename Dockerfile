# A coordinator with its app and its own PostgreSQL, as an ordinary user. It listens to everyone, so it starts only with TLS files or a proxy in front:
#   docker build -t ostraka .
#   docker run -v ostraka:/data -p 8787:8787 -p 8788:8788/udp \
#     -e TRUST_PROXY=1 -e ALLOWED_ORIGINS=https://ostraka.example -e PUBLIC_ADDRESS=203.0.113.7 ostraka
# PUBLIC_ADDRESS is for WebRTC: a container does not know the address it is reached under. Every setting is in README.md.
# Debian and not Alpine: the embedded PostgreSQL wants glibc.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build:app && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 UDP_PORT=8788 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# HTTP, WebSocket and signalling; and the one UDP port that all WebRTC connections share.
EXPOSE 8787/tcp 8788/udp
STOPSIGNAL SIGTERM
# Not `npm start`: that would build again, and npm does not pass signals on. What follows the image's name are flags, such as --log-level debug.
# The first flag, as in `npm start`, gives short-lived objects room, so that fewer of them are copied.
ENTRYPOINT ["node", "--max-semi-space-size=64", "--import", "tsx", "server/main.ts"]
