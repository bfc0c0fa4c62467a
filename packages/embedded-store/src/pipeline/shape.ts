// Stages that turn one document into one: $project, $set, $unset, $replaceWith.
import { cloneDoc, isDoc, type Doc, type Value } from '../bson/values.js';
import { CommandError } from '../errors.js';
import { compileExpression, type Variables } from '../expression.js';
import { flatten, parseProjection, plantPath } from '../projection.js';

export type DocStage = (doc: Doc) => Doc;

/** The names of these stages, aliases included. */
export const SHAPES = new Set(['$set', '$addFields', '$unset', '$project', '$replaceWith', '$replaceRoot']);

export function compileShape(name: string, operand: Value, variables: Variables): DocStage {
  switch (name) {
    case '$set':
    case '$addFields':
      return addFields(operand, name, variables);
    case '$unset':
      return unset(operand);
    case '$project':
      return project(operand, variables);
    case '$replaceWith':
      return replaceRoot(operand, variables);
    default:
      if (!isDoc(operand) || operand.size !== 1 || !operand.has('newRoot'))
        throw new CommandError(40229, '$replaceRoot takes an object with the one field newRoot');
      return replaceRoot(operand.get('newRoot'), variables);
  }
}

function project(operand: Value, variables: Variables): DocStage {
  if (!isDoc(operand)) throw new CommandError(15969, '$project specification must be an object');
  if (operand.size === 0)
    throw new CommandError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  const projection = parseProjection(operand, variables, 'aggregate');
  return (doc) => projection?.project(doc) ?? doc;
}

function addFields(operand: Value, name: string, variables: Variables): DocStage {
  if (!isDoc(operand))
    throw new CommandError(40272, `${name} specification stage must be an object, got ${typeof operand}`);
  if (operand.size === 0)
    throw new CommandError(40177, `Invalid ${name} :: caused by :: specification must have at least one field`);
  const tree: Parameters<typeof plantPath>[0] = new Map();
  const fields = flatten(operand).map(([path, value]) => {
    if (path.startsWith('$')) throw new CommandError(16410, `FieldPath field names may not start with '$'.`);
    plantPath(tree, path, 'keep');
    return [path.split('.'), compileExpression(value)] as const;
  });
  return (doc) => {
    const out = cloneDoc(doc);
    for (const [parts, expression] of fields) setPath(out, parts, expression(doc, { ...variables, ROOT: doc }));
    return out;
  };
}

function setPath(doc: Doc, parts: readonly string[], value: Value): void {
  const [head, ...rest] = parts as [string, ...string[]];
  if (rest.length > 0) doc.set(head, setInside(doc.get(head), rest, value));
  else if (value === undefined) doc.delete(head);
  else doc.set(head, value);
}

/** Into every element of an array; what is no document becomes one. */
function setInside(target: Value, parts: readonly string[], value: Value): Value {
  if (Array.isArray(target)) return target.map((element) => setInside(element, parts, value));
  const inner: Doc = isDoc(target) ? target : new Map<string, Value>();
  setPath(inner, parts, value);
  return inner;
}

function unset(operand: Value): DocStage {
  const fields: Doc = new Map();
  for (const path of Array.isArray(operand) ? operand : [operand]) {
    if (typeof path !== 'string' || path === '')
      throw new CommandError(31002, '$unset specification must be a string or an array of strings');
    fields.set(path, false);
  }
  if (fields.size === 0)
    throw new CommandError(31119, '$unset specification must be a string or an array with at least one field');
  return project(fields, {});
}

function replaceRoot(operand: Value, variables: Variables): DocStage {
  const expression = compileExpression(operand);
  return (doc) => {
    const root = expression(doc, { ...variables, ROOT: doc });
    if (!isDoc(root)) throw new CommandError(40228, "'newRoot' expression must evaluate to an object");
    return root;
  };
}
