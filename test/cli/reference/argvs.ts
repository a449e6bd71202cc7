import ts from 'typescript';

/** A word of a command as a test has it; what is only known when the test runs is undefined. */
export type Word = string | undefined;

type Scope = ReadonlyMap<string, readonly Word[]>;

interface Declared {
  readonly value: ts.Expression;
}

/**
 * Every list of words that a test hands on, as far as it can be read without running it: `['certs', 'renew', '-i', file]`, also where it is
 * put together from a constant (`[...ROTATE, '-i', file]`) or by a function of the same file (`restore(file)`).
 */
export function argvsOf(name: string, content: string): readonly (readonly Word[])[] {
  const file = ts.createSourceFile(name, content, ts.ScriptTarget.Latest, true);
  const declared = declarationsOf(file);
  const found: (readonly Word[])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node)) found.push(wordsOf(node, new Map(), declared, 0));
    if (ts.isCallExpression(node)) found.push(...calledBy(node, new Map(), declared, 0));
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

/** Enough for functions that call one another; one that calls itself ends here. */
const DEPTH = 6;

/** The lists in a function of the same file, with what a call gives it. */
function calledBy(
  call: ts.CallExpression,
  scope: Scope,
  declared: ReadonlyMap<string, Declared>,
  depth: number,
): (readonly Word[])[] {
  const made = ts.isIdentifier(call.expression) ? declared.get(call.expression.text)?.value : undefined;
  if (made === undefined || !ts.isArrowFunction(made) || depth > DEPTH) return [];
  const given = call.arguments.map((argument) => argumentWords(argument, scope, declared, depth));
  const inner = new Map(scope);
  made.parameters.forEach(({ name, dotDotDotToken }, index) => {
    if (!ts.isIdentifier(name)) return;
    inner.set(name.text, dotDotDotToken === undefined ? (given[index] ?? []) : given.slice(index).flat());
  });
  const found: (readonly Word[])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node)) found.push(wordsOf(node, inner, declared, depth + 1));
    if (ts.isCallExpression(node)) found.push(...calledBy(node, inner, declared, depth + 1));
    node.forEachChild(visit);
  };
  visit(made.body);
  return found;
}

function argumentWords(
  argument: ts.Expression,
  scope: Scope,
  declared: ReadonlyMap<string, Declared>,
  depth: number,
): readonly Word[] {
  return ts.isSpreadElement(argument)
    ? wordsOf(argument.expression, scope, declared, depth + 1)
    : oneOf(argument, scope, declared, depth + 1);
}

/** What a list, or what stands for one, is made of. */
function wordsOf(
  value: ts.Expression,
  scope: Scope,
  declared: ReadonlyMap<string, Declared>,
  depth: number,
): readonly Word[] {
  if (depth > DEPTH) return [];
  if (ts.isArrayLiteralExpression(value))
    return value.elements.flatMap((element) => argumentWords(element, scope, declared, depth));
  if (ts.isIdentifier(value)) {
    const made = declared.get(value.text)?.value;
    return scope.get(value.text) ?? (made === undefined ? [] : wordsOf(made, scope, declared, depth + 1));
  }
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value))
    return wordsOf(value.expression, scope, declared, depth);
  return slicedWords(value, scope, declared, depth);
}

/** `LIST.slice(0, -1)`, and nothing else. */
function slicedWords(
  value: ts.Expression,
  scope: Scope,
  declared: ReadonlyMap<string, Declared>,
  depth: number,
): readonly Word[] {
  if (!ts.isCallExpression(value) || !ts.isPropertyAccessExpression(value.expression)) return [];
  if (value.expression.name.text !== 'slice') return [];
  const [from = 0, to] = value.arguments.map((argument) => Number(argument.getText()));
  return wordsOf(value.expression.expression, scope, declared, depth + 1).slice(from, to);
}

function oneOf(
  value: ts.Expression,
  scope: Scope,
  declared: ReadonlyMap<string, Declared>,
  depth: number,
): readonly Word[] {
  if (ts.isStringLiteralLike(value)) return [value.text];
  if (!ts.isIdentifier(value)) return [undefined];
  const made = declared.get(value.text)?.value;
  const known = scope.get(value.text);
  if (known !== undefined && known.length > 0) return known;
  return made !== undefined && depth <= DEPTH ? oneOf(made, scope, declared, depth + 1) : [undefined];
}

function declarationsOf(file: ts.SourceFile): ReadonlyMap<string, Declared> {
  const declared = new Map<string, Declared>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
      declared.set(node.name.text, { value: node.initializer });
    node.forEachChild(visit);
  };
  visit(file);
  return declared;
}
