# A coordinator with its app and its own PostgreSQL. Give it a volume for /data, and TLS files or a proxy in front: see README, "Operators".
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npx vite build && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# HTTP, WebSocket and signalling; and the one UDP port all WebRTC shares.
EXPOSE 8787/tcp 8788/udp
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "--import", "tsx", "server/main.ts"]
CMD ["--host", "0.0.0.0"]
