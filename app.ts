/**
 * The site. `createApp(config)` builds it and touches nothing outside; `start()` makes it listen; `close()` undoes it in
 * reverse order. Run as the main module it does so for the environment's configuration, and ends calmly on a signal.
 */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import cookieParser from 'cookie-parser';
import express, { type RequestHandler } from 'express';
import { shelfFiles } from './controllers/messages/shelf.http.js';
import { assetsHttp } from './controllers/site/assets.http.js';
import { createHttpServer, serveInTurn, stripBase, trackConnections } from './controllers/site/http-server.js';
import { imageAddresses } from './controllers/site/image-addresses.js';
import { metricsHttp, versionHttp } from './controllers/site/metrics.http.js';
import { useTemplates } from './controllers/site/templates.js';
import { addressKey } from './services/site/addresses.js';
import { loadAssets } from './services/site/assets.js';
import type { Clock } from './services/database/clock.js';
import { type Config, ConfigError, cookieSecrets, listenError, parseConfig } from './services/site/config.js';
import { openDatabase } from './services/database/database.js';
import { createServices } from './services/index.js';
import { watchMemory } from './services/site/memory.js';
import { Limits } from './services/site/limits.js';
import { createLog, type Log } from './services/site/log.js';
import { Origins } from './services/site/origins.js';
import { openRedis } from './services/site/redis.js';
import { readSettingsFile } from './services/site/settings-file.js';
import { SetupHints } from './services/site/setup-hints.js';
import { Tally } from './services/site/tally.js';
import { version } from './services/site/version.js';
import type { GatewayTimes } from './controllers/direct/gateway/gateway.ws.js';
import { sessionMiddleware } from './services/people/sessions.js';
import { Requests } from './controllers/site/requests.js';
import type { Site } from './controllers/site/site.js';
import { openRoutes, routes } from './routes/index.js';
import { accessLog } from './routes/middleware/access-log.js';
import { refuseBanned } from './routes/middleware/banned.js';
import { neverStored, noPath, plainCookies } from './routes/middleware/defaults.js';
import { errorHandler, notFound } from './routes/middleware/errors.js';
import { securityHeaders } from './routes/middleware/headers.js';
import { locale } from './routes/middleware/locale.js';
import { sameOrigin } from './routes/middleware/origin.js';
import { proxyHints } from './routes/middleware/proxy-hints.js';
import { alwaysJson, bearer, unlessProgram } from './routes/middleware/programs.js';
import { readiness, whileReady } from './routes/middleware/ready.js';
import { knownVisitor } from './routes/middleware/visitor.js';
import { createSockets } from './socket.js';

/** Milliseconds after which an end that hangs is given up. */
const END_MS = 10_000;
/** Milliseconds for each part of an end: for answers, for handlers whose connection was closed, for the database. */
const ANSWERS_MS = 3_000;
const HANDLERS_MS = 1_000;
const QUIET_MS = 1_500;

/** What a test may bring: a clock that it can move, for the database's; shorter times for the raw gateway. */
export interface Parts {
  clock?: Clock;
  times?: GatewayTimes;
}

export async function createApp(
  config: Config,
  log: Log = createLog(config.logLevel),
  { clock, times = {} }: Parts = {},
) {
  const secrets = cookieSecrets(config);
  const database = await openDatabase(config, log);
  const redis = config.redisUrl === null ? null : await openRedis(config.redisUrl, log);
  const limits = new Limits(config.limits, redis?.publisher);
  const services = createServices({ config, database, limits, log, clock });
  const origins = new Origins(config);
  const assets = loadAssets();
  let ending: Promise<void> | null = null;
  let hasBegun = false;
  const hints = new SetupHints(config, log);
  const tally = new Tally(services.events, log);
  const site: Site = {
    config,
    services,
    database,
    origins,
    hints,
    tally,
    assets,
    log,
    draining: () => ending !== null,
  };
  const session = sessionMiddleware({
    config,
    secrets,
    connection: database.connection,
    ready: database.ready,
    clock: services.clock,
    log,
  });
  const server = createHttpServer(config, log);
  const cutConnections = trackConnections(server);
  const requests = new Requests();
  server.on(
    'request',
    buildExpress(site, session, requests, () => sockets.count()),
  );
  const sockets = await createSockets(server, session, site, redis, times);
  stripBase(server, config.base);
  serveInTurn(server);

  /** In order: answers, sockets, connections, what they left to be done, the rules if they have begun, the database. */
  async function end(): Promise<void> {
    try {
      await requests.answered(ANSWERS_MS);
      await database.quiet(QUIET_MS);
      await sockets.close();
      cutConnections();
      await requests.handled(HANDLERS_MS);
      await database.quiet(QUIET_MS);
      if (hasBegun) await services.stop();
    } finally {
      server.close();
      cutConnections();
      redis?.close();
      await database.close();
    }
  }

  return {
    server,
    io: sockets.io,
    /** Rejects when the embedded store ends by itself, or the database refuses what the site needs: the site cannot go on. */
    lost: database.lost,
    services,
    database,
    /** The other addresses by which browsers may reach it. */
    alsoAt: () => origins.others,
    /** Listen, and wait until the database is there. @returns the site's address. */
    async start(): Promise<string> {
      await new Promise<void>((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, config));
        server.once('error', fail).listen(config.port, config.host, resolve);
      });
      const address = server.address();
      origins.listeningOn(typeof address === 'object' && address ? address.port : config.port);
      await Promise.race([database.ready, database.lost]);
      hasBegun = true;
      await services.start();
      return origins.url;
    },
    /**
     * Stop taking work, finish what was begun, close. Seats stay for the grace time. Clients that do not read, or do not
     * end what they send, are waited for three seconds. A second call waits for the first.
     */
    close: (): Promise<void> => (ending ??= end()),
  };
}

/** Middlewares in the order in which a request meets them. */
function buildExpress(site: Site, session: RequestHandler, requests: Requests, sockets: () => number) {
  const { config, services } = site;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustProxy);
  if (config.base !== '') app.set('json replacer', imageAddresses(config.base));
  useTemplates(app, site);
  app.use((_request, response, next) => {
    requests.add(response);
    next();
  });
  app.use(accessLog(site), securityHeaders(site));
  app.use(noPath);
  app.get('/healthz', (_request, response) => void response.type('text/plain').send('ok'));
  app.get('/readyz', readiness(site));
  app.get('/version', versionHttp);
  app.get('/metrics', metricsHttp(site, sockets));
  app.use('/assets', assetsHttp(site));
  app.use('/shelf', shelfFiles(site));
  app.use(neverStored, cookieParser(), plainCookies, locale(config));
  app.use(openRoutes(site), alwaysJson, whileReady(site));
  app.use(async (request, _response, next) => {
    await services.limits.take('page_ip', addressKey(request.ip));
    next();
  });
  app.use(
    proxyHints(site),
    bearer(site),
    [sameOrigin(site), session, knownVisitor(site)].map(unlessProgram),
    refuseBanned(site),
    routes(site),
  );
  app.use(notFound, errorHandler(site));
  return app;
}

export type App = Awaited<ReturnType<typeof createApp>>;

/** The main module: environment in, one line with the address out, calm end on SIGTERM and SIGINT. */
async function main(): Promise<void> {
  readSettingsFile();
  const config = parseConfig(process.env);
  const log = createLog(config.logLevel);
  const app = await createApp(config, log);
  let code = 0;
  let isEnding = false;
  const stop = (because: number) => {
    code ||= because;
    if (isEnding) return;
    isEnding = true;
    log.info('stopping');
    const fail = (error: unknown) => {
      log.fatal({ err: error }, 'the site did not end in order');
      process.exit(1);
    };
    setTimeout(() => fail(new Error(`not closed after ${END_MS} ms`)), END_MS).unref();
    app.close().then(() => process.exit(code), fail);
  };
  // A terminal sends SIGINT to the starter and to the server, and the starter passes it on: the second one is the same.
  process.on('SIGTERM', () => stop(0)).on('SIGINT', () => stop(0));
  // The starter (scripts/start.mjs) is gone, however it ended.
  process.once('disconnect', () => stop(0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, event);
      stop(1);
    });
  }
  const url = await app.start();
  log.info({ ...version(), node: process.version, url }, 'started');
  app.lost.catch((error: unknown) => {
    log.fatal({ err: error }, 'the embedded store ended by itself');
    stop(1);
  });
  const also = app.alsoAt();
  process.stdout.write(`GIF Chat is ready: ${url}${also.length > 0 ? ` (also ${also.join(', ')})` : ''}\n`);
  process.send?.({ ready: url });
  watchMemory(log, () => app.database.releaseMemory());
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main().catch((error: unknown) => {
    const { name, syscall } = error as { name?: string; syscall?: string };
    // A port that is taken, a folder that cannot be made, a right that the database does not give: for the operator to mend, and reported without a stack.
    const expected =
      error instanceof ConfigError ||
      ['EmbeddedStoreError', 'DatabaseRefusal'].includes(name ?? '') ||
      syscall !== undefined;
    process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
    process.exit(1);
  });
}
