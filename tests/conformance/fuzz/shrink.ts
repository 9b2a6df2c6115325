/** Cuts a failing shader down, piece by piece, while it still fails in the same way. */
import { keyOf } from './shader-type.ts';
import { type Block, type Expr, type Program, printProgram, type Stmt, zeroText } from './tree.ts';

export type StillFails = (program: Program) => Promise<boolean>;

interface Budget {
  left: number;
}

/** Gives a smaller program with the same failure; at most `tries` candidates are run. */
export async function shrinkProgram(program: Program, stillFails: StillFails, tries = 2000): Promise<Program> {
  const small = structuredClone(program);
  const budget: Budget = { left: tries };
  const test = async (): Promise<boolean> => budget.left-- > 0 && (await stillFails(small));
  for (let before = ''; before !== printProgram(small) && budget.left > 0; ) {
    before = printProgram(small);
    for (const step of [dropStatements, unwrapStatements, simplifyExpressions]) await step(small, test);
  }
  return small;
}

type Test = () => Promise<boolean>;

function blocksIn(block: Block): Block[] {
  return [
    block,
    ...block.body.flatMap((statement) =>
      statement.pieces.flatMap((piece) => (typeof piece !== 'string' && piece.kind === 'block' ? blocksIn(piece) : [])),
    ),
  ];
}

/** Halves first, then quarters, down to single statements. */
async function dropStatements(program: Program, test: Test): Promise<void> {
  for (const block of blocksIn(program.root)) {
    for (let size = block.body.length; size >= 1; size = Math.floor(size / 2)) {
      for (let at = block.body.length - size; at >= 0; at -= size) {
        const whole = block.body;
        block.body = [...whole.slice(0, at), ...whole.slice(at + size)];
        if (!(await test())) block.body = whole;
      }
    }
  }
}

/** A statement with a body becomes its body; a branch of several goes. */
async function unwrapStatements(program: Program, test: Test): Promise<void> {
  for (const block of blocksIn(program.root)) {
    for (let at = block.body.length - 1; at >= 0; at--) {
      const statement = block.body[at];
      const inner = statement?.pieces.filter((piece) => typeof piece !== 'string' && piece.kind === 'block') ?? [];
      for (const piece of inner as Block[]) {
        const whole = block.body;
        block.body = [...whole.slice(0, at), ...piece.body, ...whole.slice(at + 1)];
        if (await test()) break;
        block.body = whole;
      }
    }
  }
}

function expressionsOf(statement: Stmt): Expr[] {
  return statement.pieces.filter((piece): piece is Expr => typeof piece !== 'string' && piece.kind === 'expr');
}

function descendantsOf(expr: Expr): Expr[] {
  return expr.pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece, ...descendantsOf(piece)]));
}

async function simplifyExpressions(program: Program, test: Test): Promise<void> {
  for (const block of blocksIn(program.root)) {
    for (const statement of block.body) {
      for (const expr of expressionsOf(statement)) await simplify(expr, test);
    }
  }
}

/** Tries nothing at all, then a part of the same type, then the parts one by one. */
async function simplify(expr: Expr, test: Test): Promise<void> {
  const { pieces } = expr;
  const zero = zeroText(expr.type);
  if (pieces.length === 1 && pieces[0] === zero) return;
  expr.pieces = [zero];
  if (await test()) return;
  for (const inner of descendantsOf({ ...expr, pieces })) {
    if (keyOf(inner.type) !== keyOf(expr.type)) continue;
    expr.pieces = inner.pieces;
    if (await test()) return await simplify(expr, test);
  }
  expr.pieces = pieces;
  for (const piece of pieces) if (typeof piece !== 'string') await simplify(piece, test);
}
