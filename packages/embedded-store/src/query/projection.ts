// Projections of find and $project: which fields stay. Computed fields, $slice, $elemMatch and the positional `$` are refused.
import { isDoc, isNum, truthy, type Doc, type Value } from '../bson/values.js';
import { CommandError, notImplemented } from '../errors.js';
import { fieldPath } from './field-path.js';

/** Makes the projected copy of a document. */
type Projection = (doc: Doc) => Doc;

/** The fields that are named; `true` stands for a whole field. */
type Tree = Map<string, Tree | true>;

/** Compile a projection; undefined if it keeps everything. Throws NotImplemented for all but inclusion and exclusion. */
export function parseProjection(spec: Doc): Projection | undefined {
  if (spec.size === 0) return undefined;
  const tree: Tree = new Map();
  let including: boolean | undefined;
  let id: boolean | undefined;
  for (const [path, value] of flatten(spec)) {
    checkPath(path);
    const include = flagOf(path, value);
    if (path === '_id') id = include;
    else {
      if (including !== undefined && including !== include) throw mixed(path, include);
      including = include;
      plant(tree, path);
    }
  }
  if (id !== undefined && tree.has('_id')) throw collision('_id');
  const include = including ?? id === true;
  // a projection leaves _id as it is unless it speaks of it: included by default, excluded on demand
  if (!tree.has('_id') && (include ? id !== false : id === false)) tree.set('_id', true);
  return (doc) => (include ? includeFields(doc, tree) : excludeFields(doc, tree));
}

/** `{ a: { b: 1 } }` is `{ 'a.b': 1 }`. */
function flatten(spec: Doc, prefix = ''): [path: string, value: Value][] {
  return [...spec].flatMap(([name, value]): [string, Value][] => {
    const path = prefix + name;
    if (!isDoc(value)) return [[path, value]];
    const [first] = value.keys();
    if (first === undefined)
      throw new CommandError(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
    if (first.startsWith('$')) throw notImplemented(`${first} in a projection`);
    return flatten(value, `${path}.`);
  });
}

function checkPath(path: string): void {
  if (path.endsWith('.$')) throw notImplemented('the positional projection');
  fieldPath(path);
}

function flagOf(path: string, value: Value): boolean {
  if (typeof value === 'boolean' || isNum(value)) return truthy(value);
  throw notImplemented(`the computed field '${path}' of a projection`);
}

const mixed = (path: string, include: boolean) =>
  new CommandError(
    include ? 31253 : 31254,
    `Cannot do ${include ? 'inclusion' : 'exclusion'} on field ${path} in ${include ? 'exclusion' : 'inclusion'} projection`,
  );

const collision = (path: string) => new CommandError(31250, `Path collision at ${path}`);

function plant(tree: Tree, path: string): void {
  const parts = path.split('.');
  let at = tree;
  for (const part of parts.slice(0, -1)) {
    let next = at.get(part);
    if (next === undefined) at.set(part, (next = new Map()));
    if (next === true) throw new CommandError(31249, `Path collision at ${path}`);
    at = next;
  }
  const last = parts.at(-1) as string;
  if (at.has(last)) throw collision(path);
  at.set(last, true);
}

function includeFields(doc: Doc, tree: Tree): Doc {
  const out: Doc = new Map();
  for (const [name, value] of doc) {
    const rule = tree.get(name);
    const kept = rule && includeValue(value, rule);
    if (kept !== undefined) out.set(name, kept);
  }
  return out;
}

/** Of an array, only documents and arrays can hold the fields that are named; other elements go. */
function includeValue(value: Value, rule: Tree | true): Value {
  if (rule === true) return value;
  if (isDoc(value)) return includeFields(value, rule);
  if (!Array.isArray(value)) return undefined;
  return value
    .filter((element) => isDoc(element) || Array.isArray(element))
    .map((element) => includeValue(element, rule));
}

function excludeFields(doc: Doc, tree: Tree): Doc {
  const out: Doc = new Map();
  for (const [name, value] of doc) {
    const rule = tree.get(name);
    if (rule !== true) out.set(name, rule ? excludeValue(value, rule) : value);
  }
  return out;
}

function excludeValue(value: Value, rule: Tree): Value {
  if (isDoc(value)) return excludeFields(value, rule);
  return Array.isArray(value) ? value.map((element) => excludeValue(element, rule)) : value;
}
