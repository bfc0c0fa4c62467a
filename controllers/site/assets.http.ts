/** What browsers load, from memory: GET /assets/<version>/<path>, compressed once a file and encoding. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestHandler } from 'express';
import type { Site } from './site.js';

/** Bytes below which compression does not pay. */
const SMALL = 1_024;
const COMPRESSED = /\.(?:js|css|svg|json)$/;

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];
const ENCODERS = {
  br: (body: Buffer) => brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (body: Buffer) => zip(body, { level: 9 }),
} as const;
type Encoding = keyof typeof ENCODERS;

/** What was compressed so far: every site of a process serves the same buffers (loadAssets). */
const encoded: Record<Encoding, WeakMap<Buffer, Promise<Buffer>>> = { br: new WeakMap(), gzip: new WeakMap() };

function encode(body: Buffer, encoding: Encoding): Promise<Buffer> {
  const known = encoded[encoding].get(body) ?? ENCODERS[encoding](body);
  encoded[encoding].set(body, known);
  return known;
}

/** @returns a handler below `/assets`; what is not an asset goes on to the next one. */
export function assetsHttp({ assets }: Pick<Site, 'assets'>): RequestHandler {
  return async (request, response, next) => {
    const [, version = '', name = ''] = /^\/([^/]+)\/(.+)$/.exec(request.path) ?? [];
    const body = assets.files.get(name);
    if (!body || (request.method !== 'GET' && request.method !== 'HEAD')) return void next();
    // Another version's address may be asked for while a site of several nodes is being upgraded: never kept then.
    const own = version === assets.version;
    response.setHeader('Cache-Control', own ? 'public, max-age=31536000, immutable' : 'no-store');
    response.type(name.slice(name.lastIndexOf('.')));
    if (!COMPRESSED.test(name) || body.length < SMALL) return void response.send(body);
    response.vary('Accept-Encoding');
    // Browsers name gzip first and prefer nothing; brotli is a tenth smaller.
    const accepted = request.acceptsEncodings('br') || request.acceptsEncodings('gzip');
    if (accepted !== 'br' && accepted !== 'gzip') return void response.send(body);
    response.setHeader('Content-Encoding', accepted);
    response.send(await encode(body, accepted));
  };
}
