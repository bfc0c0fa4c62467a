/** The API's own description, against which every answer that a test gets is held. */
import assert from 'node:assert/strict';
import { Ajv2020 as Ajv, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApi } from '../../controllers/api/openapi.js';

type Json = Record<string, unknown>;
interface Described {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Json }> }>>;
  components: { schemas: Json };
}

/** Nothing that is not described may be in an answer, although clients have to stand what is added later. */
function strictly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictly);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries<unknown>(Object.entries(value).map(([name, one]) => [name, strictly(one)]));
  const isClosed = copy['type'] === 'object' && copy['properties'] && !copy['additionalProperties'];
  return isClosed ? { ...copy, additionalProperties: false } : copy;
}

const document = openApi() as Described;
const schemas = strictly(document.components.schemas) as Json;
// The form of errors is put together with what a status adds to it.
schemas['Error'] = document.components.schemas['Error'];
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'api', components: { schemas } });
const validators = new Map<string, ValidateFunction>();

const patterns = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]*')}$`),
}));

/** Hold one answer against the description of its route. Paths that no route has are passed over. */
export function assertDescribed(method: string, asked: string, status: number, body: unknown): void {
  const { pathname } = new URL(asked, 'http://site');
  const path = patterns.find(({ pattern }) => pattern.test(pathname))?.path ?? '';
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (!operation) return;
  const what = `${method} ${path}: ${status}`;
  const response = operation.responses[String(status)];
  assert.ok(response, `${what} is not described: ${JSON.stringify(body)}`);
  const content = response.content as { 'application/json': { schema: Json } } | undefined;
  if (!content) return void assert.equal(body, null, what);
  let validate = validators.get(what);
  if (!validate) {
    const schema = strictly(content['application/json'].schema);
    const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
    validators.set(what, (validate = ajv.compile(JSON.parse(text) as Json)));
  }
  assert.ok(validate(body), `${what}: ${JSON.stringify(validate.errors)} ${JSON.stringify(body)}`);
}
