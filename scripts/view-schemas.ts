/**
 * Part of `npm run documents`: JSON Schemas of what the site sends, made of the contract's types, into
 * schemas/api/view-schemas.ts. Types are the one source for what goes out, as validators are for what comes in.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { ROOT } from '../services/site/root.js';

type Schema = Record<string, unknown>;

const TARGET = path.join(ROOT, 'schemas', 'api', 'view-schemas.ts');
const CONTRACT = /\/schemas\/[a-z]+\/contract\.ts$/;
/** Types that no event names, and that routes answer with. */
const ANSWERED = ['MemberRoomView', 'RoomView', 'MessageView', 'Person'];

/** The text of schemas/api/view-schemas.ts as the contract has it now. */
export function viewSchemas(): string {
  const root = path.join(ROOT, 'schemas', 'namespaces.ts');
  const options = ts.convertCompilerOptionsFromJson(
    (
      ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => readFileSync(file, 'utf8')).config as {
        compilerOptions: object;
      }
    ).compilerOptions,
    ROOT,
  ).options;
  const program = ts.createProgram([root], { ...options, incremental: false, tsBuildInfoFile: undefined, types: [] });
  return new Writer(program).text(root);
}

class Writer {
  readonly #checker: ts.TypeChecker;
  /** Exported types of the contract -> their names. */
  readonly #names = new Map<ts.Symbol, string>();
  /** What was referred to so far. */
  readonly #schemas: Record<string, Schema> = {};

  constructor(program: ts.Program) {
    this.#checker = program.getTypeChecker();
    for (const file of program.getSourceFiles().filter(({ fileName }) => CONTRACT.test(fileName))) {
      const module = this.#checker.getSymbolAtLocation(file);
      for (const symbol of module ? this.#checker.getExportsOfModule(module) : []) this.#names.set(symbol, symbol.name);
    }
    this.text = (root) => this.#text(program.getSourceFile(root));
  }

  readonly text: (root: string) => string;

  #text(file: ts.SourceFile | undefined): string {
    const module = file && this.#checker.getSymbolAtLocation(file);
    const [namespaces] = module ? this.#checker.getExportsOfModule(module) : [];
    if (!namespaces) throw new Error('schemas/namespaces.ts exports nothing');
    const server: Record<string, Schema> = {};
    const acknowledged: Record<string, Schema> = {};
    for (const namespace of this.#checker.getPropertiesOfType(this.#checker.getDeclaredTypeOfSymbol(namespaces))) {
      const sides = this.#checker.getTypeOfSymbol(namespace);
      server[namespace.name] = this.#events(sides, 'server', (parameters) => parameters[0]);
      acknowledged[namespace.name] = this.#events(sides, 'client', (parameters) => {
        const last = parameters.at(-1);
        const [call] = last ? this.#checker.getNonNullableType(last).getCallSignatures() : [];
        return call?.parameters.map((parameter) => this.#checker.getTypeOfSymbol(parameter))[0];
      });
    }
    for (const name of ANSWERED) this.#schema(this.#declared(name));
    const frames = ['ServerFrame', 'RoomServerFrame'].map((name) => this.#declared(name));
    const list = frames.flatMap((type) => (type.isUnion() ? type.types.map((frame) => this.#object(frame)) : []));
    const schemas = Object.fromEntries(Object.entries(this.#schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
    const constant = (name: string, comment: string, type: string, value: unknown) =>
      `/** ${comment} */\n// prettier-ignore\nexport const ${name}: ${type} = ${JSON.stringify(value, null, 1)};\n`;
    return [
      '/** Made by scripts/view-schemas.ts of the types of schemas/<place>/contract.ts: run `npm run documents`. */\n',
      'type Schema = Readonly<Record<string, unknown>>;\n',
      constant('SCHEMAS', 'Named types.', 'Readonly<Record<string, Schema>>', schemas),
      constant(
        'SERVER_EVENTS',
        'Namespace -> event of the server -> what it carries.',
        'Readonly<Record<string, Readonly<Record<string, Schema>>>>',
        server,
      ),
      constant(
        'ACKNOWLEDGED',
        'Namespace -> event of a client -> what it is acknowledged with.',
        'Readonly<Record<string, Readonly<Record<string, Schema>>>>',
        acknowledged,
      ),
      constant('SERVER_FRAMES', 'Frames that the raw gateway sends.', 'readonly Schema[]', list),
    ].join('\n');
  }

  #events(sides: ts.Type, side: string, part: (parameters: ts.Type[]) => ts.Type | undefined): Record<string, Schema> {
    const property = sides.getProperty(side);
    const events = property ? this.#checker.getPropertiesOfType(this.#checker.getTypeOfSymbol(property)) : [];
    const found: Record<string, Schema> = {};
    for (const event of events) {
      const [call] = this.#checker.getTypeOfSymbol(event).getCallSignatures();
      const type = part((call?.parameters ?? []).map((parameter) => this.#checker.getTypeOfSymbol(parameter)));
      if (type) found[event.name] = { ...this.#schema(type), ...this.#words(event) };
      else if (side === 'server') found[event.name] = { description: 'It carries nothing.', ...this.#words(event) };
    }
    return found;
  }

  #declared(name: string): ts.Type {
    const found = [...this.#names].find(([, known]) => known === name);
    if (!found) throw new Error(`the contract has no ${name}`);
    return this.#checker.getDeclaredTypeOfSymbol(found[0]);
  }

  #words(symbol: ts.Symbol): Schema {
    const description = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker)).replace(/\s+/g, ' ');
    return description === '' ? {} : { description };
  }

  #schema(type: ts.Type): Schema {
    const symbol = (type.aliasSymbol ?? type.symbol) as ts.Symbol | undefined;
    const name = symbol && !type.aliasTypeArguments?.length ? this.#names.get(symbol) : undefined;
    if (!symbol || !name) return this.#inline(type);
    if (!this.#schemas[name]) {
      this.#schemas[name] = {};
      this.#schemas[name] = { ...this.#words(symbol), ...this.#inline(type) };
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #inline(type: ts.Type): Schema {
    if (type.isUnion()) return this.#union(type.types.filter(({ flags }) => !(flags & ts.TypeFlags.Undefined)));
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (this.#checker.isArrayType(type)) {
      const [items] = this.#checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: items ? this.#schema(items) : {} };
    }
    return this.#object(type);
  }

  #union(types: ts.Type[]): Schema {
    const isBoolean = types.length === 2 && types.every(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    if (isBoolean) return { type: 'boolean' };
    if (types.length > 1 && types.every((type) => type.isStringLiteral()))
      return { enum: types.map(({ value }) => value).sort() };
    // In an order that does not depend on what else was compiled.
    const each = types
      .map((type) => this.#schema(type))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const [only] = each;
    return each.length === 1 && only ? only : { anyOf: each };
  }

  #object(type: ts.Type): Schema {
    const values = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String);
    if (values) return { type: 'object', additionalProperties: this.#schema(values.type) };
    const properties = this.#checker.getPropertiesOfType(type);
    const isOptional = ({ flags }: ts.Symbol) => Boolean(flags & ts.SymbolFlags.Optional);
    return {
      type: 'object',
      properties: Object.fromEntries(
        properties.map((property) => [
          property.name,
          { ...this.#schema(this.#checker.getTypeOfSymbol(property)), ...this.#words(property) },
        ]),
      ),
      required: properties.filter((property) => !isOptional(property)).map(({ name }) => name),
    };
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(TARGET, viewSchemas());
