/** GET /api/v1/openapi.json and asyncapi.json: the API describes itself, to anybody. Made at the first request. */
import type { RequestHandler } from 'express';
import type { Site } from '../site/site.js';
import { asyncApi } from './asyncapi.js';
import { openApi } from './openapi.js';

export function documentsApi({ config, origins }: Site) {
  const once = (make: () => object): RequestHandler => {
    let text: string | undefined;
    return (_request, response) => {
      text ??= JSON.stringify(make());
      response.type('json').send(text);
    };
  };
  return {
    openapi: once(() => openApi(config.base)),
    asyncapi: once(() => asyncApi(new URL(origins.url).host, config.base)),
  };
}
