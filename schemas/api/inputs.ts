/** JSON Schemas of what the site takes, made of the validators that check it. */
import { z } from 'zod';

export type Schema = Readonly<Record<string, unknown>>;

const OPTIONS = {
  io: 'input',
  unrepresentable: 'any',
  override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }) {
    const { def } = zodSchema._zod;
    // What takes anything at first, so that it can say by code what is missing, takes what comes next.
    if (def.type === 'pipe' && Object.keys(jsonSchema).length === 0) Object.assign(jsonSchema, inputSchema(def.out));
  },
} as const;

/** The JSON Schema (2020-12) of what a validator takes; what only a function knows (a length in characters) is left out. */
export function inputSchema(validator: z.core.$ZodType): Schema {
  const schema: Record<string, unknown> = { ...z.toJSONSchema(validator, OPTIONS) };
  delete schema['$schema'];
  return schema;
}
