# Compiled once, then only what runs is kept. node_modules links to packages/.
FROM node:22-slim AS build
WORKDIR /site
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY . .
RUN npm ci --no-audit --no-fund && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8005 DATA_DIR=/data UPLOADS_DIR=/uploads
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
RUN mkdir -p /data /uploads && chown node:node /data /uploads
USER node
VOLUME ["/data", "/uploads"]
EXPOSE 8005
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "dist/app.js"]
