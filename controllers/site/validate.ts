/** Run-time validation of bodies and queries: a service sees only what passed. Also used for socket payloads. */
import type { Request } from 'express';
import type { z } from 'zod';
import { AppError, isErrorCode, type ErrorCode } from '../../services/site/errors.js';

/** @throws AppError bad_input, or the one code that explains it, with a code a field in `details.fields`. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields: Record<string, ErrorCode> = {};
  for (const issue of result.error.issues) {
    const field = String(issue.path[0] ?? '');
    fields[field] ??= isErrorCode(issue.message) ? issue.message : 'bad_input';
  }
  const first = Object.values(fields)[0] ?? 'bad_input';
  throw new AppError(first, { fields });
}

/**
 * The body of a form or JSON request.
 * @throws AppError bad_input when there is none, when it is not an object, or when a field's name is an operator or a
 * path (`password[$ne]`): nobody means that, and passing over it would make a room without the password that was asked for.
 */
export function bodyOf(request: Request): unknown {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new AppError('bad_input');
  if (Object.keys(body).some((name) => /[[\].$]/.test(name))) throw new AppError('bad_input');
  return body;
}

/** A request without a body, not one with a body that nobody could read. */
export const isEmpty = (request: Request): boolean =>
  request.body === undefined &&
  request.get('transfer-encoding') === undefined &&
  Number(request.get('content-length') ?? 0) === 0;
