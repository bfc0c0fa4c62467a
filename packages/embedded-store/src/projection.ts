// find projections: inclusion or exclusion, `_id` apart, $slice, $elemMatch and the positional `$`.
import { isDoc, isNum, toNumber, truthy, type Doc, type Value } from './bson/values.js';
import { CommandError } from './errors.js';
import { matches, parseFilter, type MatchDetails, type Node } from './match.js';
import { compileExpression, type Expression, type Variables } from './expression.js';

export type Projection = (doc: Doc, details?: MatchDetails) => Doc;

type Rule =
  | 'keep'
  | Tree
  | { expression: Expression }
  | { slice: [number, number | undefined] }
  | { elemMatch: Node }
  | 'position';
type Tree = Map<string, Rule>;

/** `{ a: { b: 1 } }` is `{ 'a.b': 1 }`; documents that begin with an operator are expressions. */
export function flatten(spec: Doc, prefix = ''): [string, Value][] {
  return [...spec].flatMap(([name, value]): [string, Value][] => {
    const path = prefix + name;
    if (!isDoc(value)) return [[path, value]];
    if (value.size === 0)
      throw new CommandError(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
    const [first] = value.keys();
    return first?.startsWith('$') ? [[path, value]] : flatten(value, `${path}.`);
  });
}

/** Where a projection stands: `find` knows $slice, $elemMatch and `.$`, a pipeline does not. */
type Place = 'find' | 'aggregate';

class Parser {
  readonly tree: Tree = new Map();
  including: boolean | undefined;
  positional = false;
  id: boolean | undefined;

  constructor(private readonly place: Place) {}

  decide(include: boolean, path: string): void {
    if (this.including !== undefined && this.including !== include)
      throw new CommandError(
        include ? 31253 : 31254,
        `Cannot do ${include ? 'inclusion' : 'exclusion'} on field ${path} in ${include ? 'exclusion' : 'inclusion'} projection`,
      );
    this.including = include;
  }

  field(path: string, value: Value): void {
    if (path.split('.').includes(''))
      throw new CommandError(40352, 'FieldPath cannot be constructed with empty string');
    if (path.startsWith('$')) throw new CommandError(16410, `FieldPath field names may not start with '$': ${path}`);
    if (path.endsWith('.$')) this.position(path);
    else if (path.split('.').some((part) => part.startsWith('$')))
      throw new CommandError(16410, `FieldPath field names may not start with '$': ${path}`);
    else if (typeof value === 'boolean' || isNum(value)) this.plain(path, truthy(value));
    else if (this.place === 'find' && isDoc(value) && isFindSlice(value)) plantPath(this.tree, path, sliceRule(value));
    else if (this.place === 'find' && isDoc(value) && value.has('$elemMatch'))
      this.elemMatch(path, value.get('$elemMatch'));
    else {
      this.decide(true, path);
      plantPath(this.tree, path, { expression: compileExpression(value) });
    }
  }

  private plain(path: string, include: boolean): void {
    if (path === '_id') {
      this.id = include;
      return;
    }
    this.decide(include, path);
    plantPath(this.tree, path, 'keep');
  }

  private position(path: string): void {
    if (this.place !== 'find')
      throw new CommandError(31324, 'Cannot use positional projection in aggregation projection stage');
    this.decide(true, path);
    if (this.positional) throw new CommandError(31276, 'Cannot specify more than one positional projection per query.');
    this.positional = true;
    plantPath(this.tree, path.slice(0, -2), 'position');
  }

  private elemMatch(path: string, inner: Value): void {
    if (!isDoc(inner)) throw new CommandError(31274, 'elemMatch: Invalid argument, object required');
    if (path.includes('.')) throw new CommandError(31275, 'Cannot use $elemMatch projection on a nested field');
    this.decide(true, path);
    plantPath(this.tree, path, { elemMatch: parseFilter(new Map([['e', new Map([['$elemMatch', inner]])]])) });
  }
}

/** Compile a projection; undefined if it keeps everything. `positional` says whether it needs the match's array index. */
export function parseProjection(
  projection: Doc,
  variables: Variables = {},
  place: Place = 'find',
): { project: Projection; positional: boolean } | undefined {
  if (projection.size === 0) return undefined;
  const parser = new Parser(place);
  for (const [path, value] of flatten(projection)) parser.field(path, value);
  const { tree, id, positional } = parser;
  const include = parser.including ?? (id === true && tree.size === 0);
  if (!tree.has('_id') && (include ? id !== false : id === false)) tree.set('_id', 'keep');
  return {
    positional,
    project: (doc, details) => (include ? includeFields(doc, tree, doc, variables, details) : excludeFields(doc, tree)),
  };
}

/** Put a rule at a path. Throws 31250 if another path leads through it. */
export function plantPath(tree: Tree, path: string, rule: Rule): void {
  const parts = path.split('.');
  let at = tree;
  for (const part of parts.slice(0, -1)) {
    let next = at.get(part);
    if (next === undefined) at.set(part, (next = new Map()));
    if (!(next instanceof Map)) throw collision(path);
    at = next;
  }
  const last = parts.at(-1) as string;
  if (at.has(last)) throw collision(path);
  at.set(last, rule);
}

/** find's own $slice takes numbers only; with a path in front it is the expression. */
const isFindSlice = (value: Doc): boolean => {
  const slice = value.get('$slice');
  return slice !== undefined && (isNum(slice) || (Array.isArray(slice) && slice.length === 2 && slice.every(isNum)));
};

const collision = (path: string) => new CommandError(31250, `Path collision at ${path}`);

function sliceRule(value: Doc): Rule {
  const slice = value.get('$slice');
  if (value.size !== 1)
    throw new CommandError(15983, 'An object representing an expression must have exactly one field');
  if (isNum(slice)) {
    const count = toNumber(slice) ?? 0;
    return { slice: count < 0 ? [count, undefined] : [0, count] };
  }
  if (Array.isArray(slice) && slice.length === 2) {
    const [skip, limit] = slice.map(toNumber);
    if (skip === undefined || limit === undefined || limit <= 0)
      throw new CommandError(28724, 'Third argument to $slice must be positive');
    return { slice: [skip, limit] };
  }
  throw new CommandError(28667, 'Invalid $slice syntax. The given syntax did not match the find() syntax');
}

function slice(value: Value, [skip, limit]: [number, number | undefined]): Value {
  if (!Array.isArray(value)) return value;
  const start = skip < 0 ? Math.max(0, value.length + skip) : skip;
  return value.slice(start, limit === undefined ? undefined : start + limit);
}

function includeFields(doc: Doc, tree: Tree, root: Doc, variables: Variables, details?: MatchDetails): Doc {
  const out: Doc = new Map();
  for (const [name, value] of doc) {
    const rule = tree.get(name);
    if (rule === undefined) continue;
    const kept = includeValue(value, rule, root, variables, details);
    if (kept !== undefined) out.set(name, kept);
  }
  for (const [name, rule] of tree)
    if (rule instanceof Map ? !doc.has(name) && hasExpression(rule) : isExpression(rule)) {
      const value =
        rule instanceof Map
          ? includeFields(new Map(), rule, root, variables)
          : (rule as { expression: Expression }).expression(root, { ...variables, ROOT: root });
      if (value !== undefined) out.set(name, value);
    }
  return out;
}

const isExpression = (rule: Rule): boolean => typeof rule === 'object' && 'expression' in rule;
const hasExpression = (tree: Tree): boolean =>
  [...tree.values()].some((rule) => (rule instanceof Map ? hasExpression(rule) : isExpression(rule)));

function includeValue(value: Value, rule: Rule, root: Doc, variables: Variables, details?: MatchDetails): Value {
  if (rule === 'keep') return value;
  if (rule === 'position') return positionOf(value, details);
  if (rule instanceof Map) {
    if (isDoc(value)) return includeFields(value, rule, root, variables, details);
    if (Array.isArray(value))
      return value
        .filter((element) => isDoc(element) || Array.isArray(element))
        .map((element) => includeValue(element, rule, root, variables, details));
    return hasExpression(rule) ? includeFields(new Map(), rule, root, variables) : undefined;
  }
  if ('slice' in rule) return slice(value, rule.slice);
  if ('elemMatch' in rule) return firstMatch(value, rule.elemMatch);
  return undefined;
}

function positionOf(value: Value, details?: MatchDetails): Value {
  if (!Array.isArray(value)) return value;
  if (details?.index === undefined)
    throw new CommandError(
      51246,
      "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
    );
  return value.slice(details.index, details.index + 1);
}

function firstMatch(value: Value, node: Node): Value {
  if (!Array.isArray(value)) return undefined;
  const found = value.find((element) => matches(node, new Map([['e', [element]]])));
  return found === undefined ? undefined : [found];
}

function excludeFields(doc: Doc, tree: Tree): Doc {
  const out: Doc = new Map();
  for (const [name, value] of doc) {
    const rule = tree.get(name);
    const kept = rule === undefined ? value : excludeValue(value, rule);
    if (kept !== undefined) out.set(name, kept);
  }
  return out;
}

function excludeValue(value: Value, rule: Rule): Value {
  if (rule === 'keep' || rule === 'position') return undefined;
  if (rule instanceof Map) {
    if (isDoc(value)) return excludeFields(value, rule);
    return Array.isArray(value)
      ? value.map((element) => (isDoc(element) || Array.isArray(element) ? excludeValue(element, rule) : element))
      : value;
  }
  if ('slice' in rule) return slice(value, rule.slice);
  if ('elemMatch' in rule) return firstMatch(value, rule.elemMatch);
  return value;
}
