/**
 * Reads the statements of the program from its source: every `sql` template with what is inlined into it, so that a database can
 * be asked about each. Where a part depends on a condition, there is a statement for every branch; values become `$1…`.
 */
import type { CallExpression, Expression, Function as FunctionNode, Node, ParamPattern, TaggedTemplateExpression } from 'oxc-parser';
import { posix } from 'node:path';
import { parseFile, type ParsedFile } from './syntax.ts';
import type { TextFile } from './tree.ts';

export interface SourceStatement {
  /** file and line */
  where: string;
  text: string;
}

/** Stands for a value until the statement is whole and its parameters can be numbered. */
const VALUE = '\u0001';
const VERBS = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|VALUES)\b/;

type FunctionLike = FunctionNode | Extract<Expression, { type: 'ArrowFunctionExpression' }>;
/** What the parameters of a function stand for while a call of it is followed. */
type Given = ReadonlyMap<string, readonly string[]>;

interface Unit extends ParsedFile {
  parents: Map<Node, Node>;
  nodes: Node[];
}

export function readStatements(files: readonly TextFile[]): SourceStatement[] {
  const units = new Map(files.filter(({ text }) => text.includes('sql`')).map((file) => [file.path, unitOf(parseFile(file))]));
  const resolver = resolverOf(units);
  return [...units.values()].flatMap((unit) => unit.nodes.filter(isSqlTemplate).filter((node) => !isInlined(unit, node)).flatMap((node) => {
    const texts = resolver.template(unit, node, new Map()).filter((text) => VERBS.test(text));
    return [...new Set(texts)].map((text) => ({ where: `${unit.path}:${unit.lineOf(node.start)}`, text: numbered(text) }));
  }));
}

function numbered(text: string): string {
  let n = 0;
  return text.replaceAll(VALUE, () => `$${++n}`);
}

function unitOf(file: ParsedFile): Unit {
  const parents = new Map<Node, Node>();
  const nodes: Node[] = [];
  const visit = (node: Node): void => {
    nodes.push(node);
    for (const child of Object.values(node).flat() as unknown[]) {
      if (typeof child !== 'object' || child === null || typeof (child as Node).type !== 'string') continue;
      parents.set(child as Node, node);
      visit(child as Node);
    }
  };
  visit(file.program);
  return { ...file, parents, nodes };
}

const isSqlTemplate = (node: Node): node is TaggedTemplateExpression => node.type === 'TaggedTemplateExpression' && node.tag.type === 'Identifier' && node.tag.name === 'sql';
const isFunction = (node: Node): node is FunctionLike => ['ArrowFunctionExpression', 'FunctionDeclaration', 'FunctionExpression'].includes(node.type);

function ancestorsOf(unit: Unit, node: Node): Node[] {
  const parent = unit.parents.get(node);
  return parent ? [parent, ...ancestorsOf(unit, parent)] : [];
}

const isInlined = (unit: Unit, node: Node): boolean => ancestorsOf(unit, node).some(isSqlTemplate);

/** Follows expressions to the SQL they give: all texts they can give, or undefined for what is no SQL but a value. */
function resolverOf(units: ReadonlyMap<string, Unit>) {
  const template = (unit: Unit, { quasi }: TaggedTemplateExpression, given: Given): string[] => {
    const holes = quasi.expressions.map((expression) => resolve(unit, expression, given) ?? [VALUE]);
    return choices(holes).map((chosen) => quasi.quasis.map(({ value }, i) => value.cooked! + (chosen[i] ?? '')).join(''));
  };

  const resolve = (unit: Unit, node: Node, given: Given): readonly string[] | undefined => {
    if (isSqlTemplate(node)) return template(unit, node, given);
    if (node.type === 'ParenthesizedExpression' || node.type === 'TSAsExpression' || node.type === 'TSNonNullExpression') return resolve(unit, node.expression, given);
    if (node.type === 'ConditionalExpression') return both(resolve(unit, node.consequent, given), resolve(unit, node.alternate, given));
    if (node.type === 'Identifier') return given.get(node.name) ?? declared(unit, node.name, node, given);
    if (node.type === 'CallExpression') return called(unit, node, given);
    return undefined;
  };

  const declared = (unit: Unit, name: string, at: Node, given: Given): readonly string[] | undefined => {
    const scopes = [at, ...ancestorsOf(unit, at)];
    const inScope = (node: Node) => scopes.includes(unit.parents.get(unit.parents.get(node)!)!) || unit.parents.get(unit.parents.get(node)!)?.type === 'ExportNamedDeclaration';
    const declarator = unit.nodes.find((node) => node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.id.name === name && inScope(node));
    const owner = scopes.find((scope): scope is FunctionLike => isFunction(scope) && scope.params.some((param) => nameOf(param) === name));
    if (owner && !(declarator && declarator.start > owner.start)) return fromCallers(unit, owner, name);
    if (declarator?.type === 'VariableDeclarator' && declarator.init) return resolve(unit, declarator.init, given);
    const other = importedFrom(unit, name);
    return other && declared(other, name, other.program, new Map());
  };

  /** A parameter of type `Sql`: whatever it is given anywhere. */
  const fromCallers = (unit: Unit, owner: FunctionLike, name: string): string[] | undefined => {
    const place = owner.params.findIndex((param) => nameOf(param) === name);
    if (!unit.text.slice(owner.params[place]!.start, owner.params[place]!.end).endsWith(': Sql')) return undefined;
    const ownName = nameOfFunction(unit, owner);
    if (ownName === undefined) return undefined;
    return [...units.values()].flatMap((other) => other.nodes.flatMap((node) => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== ownName) return [];
      return (other === unit || importedFrom(other, ownName) === unit) ? resolve(other, node.arguments[place]!, new Map()) ?? [] : [];
    }));
  };

  /** A function of the file that gives SQL: its `return`, with what the call gives for its parameters. */
  const called = (unit: Unit, { callee, arguments: inputs }: CallExpression, given: Given): readonly string[] | undefined => {
    if (callee.type !== 'Identifier') return undefined;
    const found = unit.nodes.find((node): node is FunctionLike => isFunction(node) && nameOfFunction(unit, node) === callee.name);
    const returned = found && returnOf(found);
    if (!returned) return undefined;
    const passed = found.params.map((param, i) => [nameOf(param), inputs[i] && resolve(unit, inputs[i], given)] as const);
    return resolve(unit, returned, new Map(passed.filter((pair): pair is [string, string[]] => pair[0] !== undefined && pair[1] !== undefined)));
  };

  const importedFrom = (unit: Unit, name: string): Unit | undefined => {
    const declaration = unit.nodes.find((node) => node.type === 'ImportDeclaration' && node.specifiers.some(({ local }) => local.name === name));
    return declaration?.type === 'ImportDeclaration' ? units.get(posix.join(posix.dirname(unit.path), declaration.source.value)) : undefined;
  };

  return { template };
}

function both(a: readonly string[] | undefined, b: readonly string[] | undefined): string[] | undefined {
  return a === undefined && b === undefined ? undefined : [...(a ?? [VALUE]), ...(b ?? [VALUE])];
}

/** Enough choices that every text of every hole is chosen, alone and together with the others of its place. */
function choices(holes: readonly (readonly string[])[]): string[][] {
  const most = Math.max(1, ...holes.map((texts) => texts.length));
  const together = Array.from({ length: most }, (_, i) => holes.map((texts) => texts[Math.min(i, texts.length - 1)]!));
  const alone = holes.flatMap((texts, hole) => texts.slice(1).map((text) => holes.map((others, i) => (i === hole ? text : others[0]!))));
  return [...together, ...alone];
}

function nameOf(param: ParamPattern): string | undefined {
  return param.type === 'Identifier' ? param.name : undefined;
}

function nameOfFunction(unit: Unit, node: FunctionLike): string | undefined {
  const parent = unit.parents.get(node);
  return node.id?.name ?? (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : undefined);
}

function returnOf({ body }: FunctionLike): Node | undefined {
  if (body?.type !== 'BlockStatement') return body ?? undefined;
  const last = body.body.at(-1);
  return last?.type === 'ReturnStatement' ? last.argument ?? undefined : undefined;
}
