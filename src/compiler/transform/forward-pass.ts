/**
 * Walks a function in the order it runs, with what is known on the way there: the frame of every pass that learns from what came before.
 *
 * The state is what is known at one point; null where nothing can be. Where ways meet, states are joined; at the head of a loop the pass says itself what
 * still holds in every turn. Along the way code that is never reached goes, and so does a branch whose condition is a constant.
 */
import { isConst } from '../ir/build.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { keepList, mapDirectExprs } from './rewrite.ts';

type Only<K extends Stmt['kind']> = Extract<Stmt, { readonly kind: K }>;
/** Statements without lists inside, and no jumps. */
export type PlainStmt = Only<'set' | 'store' | 'atomic' | 'fill' | 'copy' | 'call' | 'barrier' | 'meter'>;
export type LoopStmt = Only<'loop'>;

interface Frame<S> {
  readonly breaks: S[];
  readonly continues: S[];
}

export abstract class ForwardPass<S> {
  protected state: S | null = null;
  protected out: Stmt[] = [];
  private readonly frames = new Map<number, Frame<S>>();

  protected abstract copy(state: S): S;
  /** Of two or more states. */
  protected abstract join(states: readonly S[]): S;
  /** An expression that is evaluated here. */
  protected abstract expr(expr: Expr, state: S): Expr;
  /** Handles a statement and pushes what it becomes to `out`. */
  protected abstract plain(statement: PlainStmt, state: S): void;
  /** The state that holds at the head of a loop in each of its turns. `attempt` counts how often it was asked for this visit of the loop. */
  protected abstract enterLoop(state: S, loop: LoopStmt, attempt: number): S;
  /** At the end of a turn; false: what enterLoop said does not hold, ask again. */
  protected abstract endTurn(state: S, head: S, loop: LoopStmt): boolean;
  /** What follows from a condition that came out so. */
  protected assume(_condition: Expr, _holds: boolean, _state: S): void {}

  protected list(statements: readonly Stmt[]): readonly Stmt[] {
    const outer = this.out;
    const mine: Stmt[] = [];
    this.out = mine;
    for (const statement of statements) {
      if (this.state === null) break;
      this.statement(statement, this.state);
    }
    this.out = outer;
    return keepList(statements, mine);
  }

  private statement(statement: Stmt, state: S): void {
    switch (statement.kind) {
      case 'set':
      case 'store':
      case 'atomic':
      case 'fill':
      case 'copy':
      case 'call':
      case 'barrier':
      case 'meter':
        return this.plain(statement, state);
      case 'if':
        return this.branch(statement, state);
      case 'block':
        return this.block(statement.label, statement.body, statement);
      case 'loop':
        return this.loop(statement, state);
      case 'switch':
        return this.switch(statement, state);
      case 'break':
      case 'continue':
        this.frames.get(statement.label)?.[statement.kind === 'break' ? 'breaks' : 'continues'].push(this.copy(state));
        this.out.push(statement);
        this.state = null;
        return;
      case 'return': {
        this.out.push(mapDirectExprs(statement, (each) => this.expr(each, state)));
        this.state = null;
      }
    }
  }

  private meet(states: readonly (S | null)[]): S | null {
    const reached = states.filter((each) => each !== null) as S[];
    if (reached.length < 2) return reached[0] ?? null;
    return this.join(reached);
  }

  private branch(statement: Only<'if'>, state: S): void {
    const condition = this.expr(statement.condition, state);
    if (isConst(condition)) {
      this.out.push(...this.list(condition.value !== 0 ? statement.yes : statement.no));
      return;
    }
    const other = this.copy(state);
    this.assume(condition, true, state);
    const yes = this.list(statement.yes);
    const afterYes = this.state;
    this.state = other;
    this.assume(condition, false, other);
    const no = this.list(statement.no);
    this.state = this.meet([afterYes, this.state]);
    const isSame = condition === statement.condition && yes === statement.yes && no === statement.no;
    this.out.push(isSame ? statement : { ...statement, condition, yes, no });
  }

  private inFrame<T>(label: number, run: (frame: Frame<S>) => T): T {
    const frame: Frame<S> = { breaks: [], continues: [] };
    this.frames.set(label, frame);
    const result = run(frame);
    this.frames.delete(label);
    return result;
  }

  private block(label: number, list: readonly Stmt[], statement: Only<'block'> | null): void {
    this.inFrame(label, (frame) => {
      const body = this.list(list);
      if (frame.breaks.length === 0) this.out.push(...body);
      else this.out.push(statement !== null && body === statement.body ? statement : { kind: 'block', label, body });
      this.state = this.meet([this.state, ...frame.breaks]);
    });
  }

  private loop(statement: LoopStmt, state: S): void {
    for (let attempt = 0; ; attempt++) {
      const isDone = this.inFrame(statement.label, (frame) => {
        const head = this.enterLoop(this.copy(state), statement, attempt);
        this.state = this.copy(head);
        const body = this.list(statement.body);
        this.state = this.meet([this.state, ...frame.continues]);
        const continuing = this.list(statement.continuing);
        if (this.state !== null && !this.endTurn(this.state, head, statement)) return false;
        const isSame = body === statement.body && continuing === statement.continuing;
        this.out.push(isSame ? statement : { ...statement, body, continuing });
        this.state = this.meet(frame.breaks);
        return true;
      });
      if (isDone) return;
    }
  }

  private switch(statement: Only<'switch'>, state: S): void {
    const selector = this.expr(statement.selector, state);
    if (isConst(selector)) {
      const { value } = selector;
      const chosen = statement.cases.find((each) => each.values.includes(Number(value))) ?? statement.cases.find((each) => each.isDefault);
      this.block(statement.label, chosen?.body ?? [], null);
      return;
    }
    this.inFrame(statement.label, (frame) => {
      const ends: (S | null)[] = [];
      const cases = statement.cases.map((each) => {
        this.state = this.copy(state);
        const body = this.list(each.body);
        ends.push(this.state);
        return body === each.body ? each : { ...each, body };
      });
      if (!statement.cases.some((each) => each.isDefault)) ends.push(state);
      const isSame = selector === statement.selector && cases.every((each, i) => each === statement.cases[i]);
      this.out.push(isSame ? statement : { ...statement, selector, cases });
      this.state = this.meet([...ends, ...frame.breaks]);
    });
  }
}
