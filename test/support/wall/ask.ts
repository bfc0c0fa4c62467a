/** HTTP without a client's opinions: any method, header and body, over connections that are kept. */
import { Agent, request, type OutgoingHttpHeaders } from 'node:http';
import { ERROR_STATUS, type ErrorCode, isErrorCode } from '../../../services/site/errors.js';

export interface Question {
  method: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

export interface Answer {
  status: number;
  /** Where a redirect leads. */
  location: string;
  text: string;
}

/** A client of one site. */
export class Plain {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(private readonly port: number) {}

  ask({ method, path, headers = {}, body }: Question): Promise<Answer> {
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, host: '127.0.0.1', port: this.port, method, path };
      const asked = request({ ...options, headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      asked.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** What must never be in an answer: names of files, of packages, of our inside. */
const INSIDE = /\.[jt]s:\d+|node_modules|SyntaxError|TypeError|RangeError|MongoServerError|CastError|ZodError/;

/**
 * The code of a refusal, `page` for one that is shown as a page, or null for what was accepted.
 * @throws Error for an answer that no client may get: a 5xx, a code that the vocabulary does not hold or that has
 * another status, a word of our inside.
 */
export function refusalIn({ status, location, text }: Answer): ErrorCode | 'page' | null {
  const wrong = (why: string) => new Error(`${why}: ${status} ${text.slice(0, 300)}`);
  if (status >= 500 || status < 200) throw wrong('no answer for a client');
  if (INSIDE.test(text)) throw wrong('the answer shows our inside');
  const led = status < 400 ? new URL(location || '/', 'http://site').searchParams.get('error') : null;
  if (led !== null && !isErrorCode(led)) throw wrong(`led to ${location}`);
  if (status < 400) return led;
  if (text.startsWith('<!')) return 'page';
  const { code } = codeOf(text, wrong);
  if (ERROR_STATUS[code] !== status) throw wrong(`${code} under another status`);
  return code;
}

function codeOf(text: string, wrong: (why: string) => Error): { code: ErrorCode } {
  try {
    const { code } = (JSON.parse(text) as { error: { code: unknown } }).error;
    if (isErrorCode(code)) return { code };
  } catch {
    throw wrong('neither a page nor an error in JSON');
  }
  throw wrong('a code that is none');
}
