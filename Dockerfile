# One image for both sample services: `docker build --build-arg SERVICE=order .`
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

# `--target provision`: the command, with the shop's file.
FROM build AS provision
COPY README.md LICENSE ./
COPY scripts/pack.mjs scripts/bundle-function.mjs scripts/
RUN node scripts/pack.mjs --no-tarball
USER node
CMD ["node", "dist/package/esm/cli/main.js", "implement", "--config", "apps/loose-coupling-config.json", "--results", "/tmp/results"]

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim
ARG SERVICE
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    LOOSE_COUPLING_DATA_DIR=/data
# A volume takes its owner from here.
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/apps/${SERVICE} .
COPY scripts/healthcheck.mjs .
RUN ln -s "apps/${SERVICE}/src/main.js" main.js
USER node
VOLUME /data
# Node itself gets SIGTERM, and lets the service finish what it is doing.
CMD ["node", "--enable-source-maps", "main.js"]
