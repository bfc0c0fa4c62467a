/** The OpenAPI 3.1 document of /api/v1, made of operations.ts, the validators and the contract's types. */
import { inputSchema, type Schema } from '../../schemas/api/inputs.js';
import { SCHEMAS } from '../../schemas/api/view-schemas.js';
import { ERROR_STATUS, type ErrorCode } from '../../services/site/errors.js';
import { type Operation, OPERATIONS } from './operations.js';

const json = (schema: Schema) => ({ 'application/json': { schema } });

/** What any request may be refused with. */
const EVERYWHERE: readonly ErrorCode[] = [
  'bad_token',
  'site_banned',
  'rate_limited',
  'internal',
  'unavailable',
  'busy',
];
const OF_WRITES: readonly ErrorCode[] = ['bad_input', 'bad_json', 'cross_site', 'too_large', 'unsupported_type'];

/** The one form of errors; each answer says which codes it may carry. */
const ERROR: Schema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', description: 'Stable. All of them: docs/errors.md.' },
        message: { type: 'string', description: 'For people.' },
        fields: { type: 'object', additionalProperties: { type: 'string' }, description: 'A code a field.' },
        triesLeft: { type: ['integer', 'null'], description: 'Null: nobody counts.' },
      },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
};

const errorOf = (codes: readonly string[], more: Record<string, Schema> = {}): Schema => ({
  allOf: [{ $ref: '#/components/schemas/Error' }],
  properties: { error: { properties: { code: { enum: codes } } }, ...more },
  ...(Object.keys(more).length > 0 && { required: Object.keys(more) }),
});

const RECEIPT: Schema = {
  description: 'What is left of a room that has closed; null for the moment in which it is being written.',
  type: ['object', 'null'],
  properties: {
    room: { type: 'string' },
    reason: { type: 'string' },
    messages: { type: 'integer' },
    images: { type: 'integer' },
    closedAt: { type: 'string', format: 'date-time' },
  },
  required: ['room', 'reason', 'messages', 'images', 'closedAt'],
};

/** Refusals by status. */
function refusalsOf({ refusals, open }: Operation, isWrite: boolean): Record<string, object> {
  const codes = [...refusals, ...EVERYWHERE, ...(isWrite ? OF_WRITES : []), ...(open ? [] : (['no_session'] as const))];
  const answers: Record<string, object> = {};
  for (const status of [...new Set(codes.map((code) => ERROR_STATUS[code]))].sort()) {
    const here = [...new Set(codes.filter((code) => ERROR_STATUS[code] === status))].sort();
    const schema = errorOf(here, status === 410 ? { receipt: RECEIPT } : {});
    answers[status] = { description: here.map((code) => `\`${code}\``).join(', '), content: json(schema) };
  }
  return answers;
}

function parametersOf(path: string, { query }: Operation): object[] {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {} } = (query ? inputSchema(query) : {}) as { properties?: Record<string, Schema> };
  return [...named, ...Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))];
}

function bodyOf({ body }: Operation): object {
  if (!body) return {};
  const schema = inputSchema(body.schema) as { properties?: object; required?: string[] };
  if (body.as === 'text')
    return {
      requestBody: { required: true, content: { ...json(schema), 'text/plain': { schema: { type: 'string' } } } },
    };
  if (body.as !== 'image') return { requestBody: { required: !body.optional, content: json(schema) } };
  const gif = { type: 'string', contentMediaType: 'application/octet-stream' };
  const form = { ...schema, properties: { gif, ...schema.properties }, required: ['gif'] };
  return { requestBody: { required: true, content: { 'multipart/form-data': { schema: form } } } };
}

function operationOf(route: string, operation: Operation): object {
  const [method = '', path = ''] = route.split(' ');
  const { id, summary, open, status, answer } = operation;
  return {
    operationId: id,
    summary,
    ...(open && { security: [] }),
    parameters: parametersOf(path, operation),
    ...bodyOf(operation),
    responses: {
      [status]: { description: 'Done', ...(answer && { content: json(answer) }) },
      ...refusalsOf(operation, method !== 'GET'),
    },
  };
}

/** The named types that a value refers to, and those that these refer to. */
function namedIn(value: object, found: Record<string, Schema> = {}): Record<string, Schema> {
  for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    const schema = SCHEMAS[name];
    if (!schema || found[name]) continue;
    found[name] = schema;
    namedIn(schema, found);
  }
  return found;
}

/** @param base the site's path, before /api/v1. */
export function openApi(base = ''): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'GIF Chat for programs',
      version: '1',
      description: 'Rooms, messages and people as JSON. See docs/programs.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: `${base}/api/v1` }],
    security: [{ token: [] }, { page: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Of POST /visitors, or of a session.' },
        page: { type: 'apiKey', in: 'cookie', name: 'sid', description: 'The session of a page of this site.' },
      },
      schemas: { ...namedIn(paths), Error: ERROR },
    },
  };
}
