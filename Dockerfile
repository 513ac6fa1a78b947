# An image for each sample service: `docker build --build-arg SERVICE=order .`
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The packages that are used come prebuilt.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json nest-cli.json ./
COPY scripts/build-apps.mjs scripts/
COPY libs libs
COPY apps apps
RUN node scripts/build-apps.mjs

# The command, for `provision` below.
FROM build AS command
COPY README.md LICENSE ./
COPY scripts/pack.mjs scripts/bundle-function.mjs scripts/
RUN node scripts/pack.mjs --no-tarball

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

# `--target provision`: makes what the shop's file asks for, and ends.
FROM node:24-bookworm-slim AS provision
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY --from=command /app/dist/package loose-coupling
COPY apps/loose-coupling-config.json .
USER node
CMD ["node", "loose-coupling/esm/cli/main.js", "implement", "--config", "loose-coupling-config.json", "--results", "/tmp/results"]

FROM node:24-bookworm-slim
ARG SERVICE
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    LOOSE_COUPLING_DATA_DIR=/data
# For events on SQLite; a volume that is mounted here takes its owner from it.
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/apps/${SERVICE} .
COPY scripts/healthcheck.mjs .
RUN ln -s "apps/${SERVICE}/src/main.js" main.js
USER node
# Node itself gets SIGTERM, and lets the service finish what it is doing.
CMD ["node", "--enable-source-maps", "main.js"]
