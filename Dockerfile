# The first stage compiles; the second holds what runs and nothing else: no compiler, no npm, no shell. How to run it: docs/containers.md.
FROM node:22-bookworm-slim AS build
WORKDIR /site
# Packages before the source: this layer is made anew only when the lock file changes.
COPY package.json package-lock.json ./
COPY packages/embedded-store/package.json packages/embedded-store/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
# What only compilers and other versions of Node would read.
RUN find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \
  -o -name 'node.abi115.*' -o -name '*.musl.node' \) -delete
RUN mkdir data

FROM gcr.io/distroless/nodejs22-debian12:nonroot
ARG GIT_COMMIT=
ENV NODE_ENV=production PATH=/nodejs/bin GIT_COMMIT=$GIT_COMMIT HOST=0.0.0.0 PORT=8005 DATA_DIR=/data UPLOADS_DIR=/data/uploads
WORKDIR /site
COPY --from=build /site/node_modules node_modules
COPY --from=build /site/packages/embedded-store/package.json packages/embedded-store/package.json
COPY --from=build /site/packages/embedded-store/dist packages/embedded-store/dist
COPY --from=build /site/dist dist
COPY --from=build /site/views views
COPY --from=build /site/public public
COPY --from=build /site/shared shared
COPY --from=build /site/locales locales
COPY --from=build /site/shelf shelf
COPY --from=build /site/package.json package.json
COPY --from=build --chown=65532:65532 /site/data /data
USER 65532
VOLUME ["/data"]
EXPOSE 8005
# A large store is checked before the site is ready.
HEALTHCHECK --start-period=60s --interval=10s --timeout=3s CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# The server itself and not the starter: Docker starts it again and says its exit code; upgrades are new images. It takes signals as process 1.
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["dist/app.js"]
