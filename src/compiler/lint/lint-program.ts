/** The static half of the lint: parse -> resolve -> lower -> trace -> what can reach each output, with lines. The other half runs the program: see the engine. */
import { type Span, withDiagnostics } from '../diagnostics.ts';
import type { Stmt } from '../ir/ir.ts';
import { evaluateConst } from '../lower/evaluate-const.ts';
import { lowerEntry } from '../lower/lower-entry.ts';
import { parseModule } from '../parse/parse-module.ts';
import { describeEntry } from '../resolve/describe-entry.ts';
import { findEntryPoint } from '../resolve/entry-point.ts';
import { ModuleScope } from '../resolve/module-scope.ts';
import { type Fact, factKinds, sayFact } from './facts.ts';
import { traceModule } from './trace-module.ts';

/** One sentence and the lines it is about, from 1. */
export interface StaticReason {
  readonly sentence: string;
  readonly lines: readonly number[];
}

export interface StaticOutput {
  readonly name: string;
  /** Why its last bits, or more, may differ between devices; empty: nothing but integers and copies reach it. */
  readonly near: readonly StaticReason[];
  /** It may also differ by whole steps, or wholly in a few places. */
  readonly jumps: boolean;
  /** Why it may depend on the order of the invocations, as far as the text tells. */
  readonly order: readonly StaticReason[];
  /** The first line that writes it. */
  readonly line: number | null;
}

export interface StaticLint {
  /** Every buffer that the program may write. */
  readonly outputs: readonly StaticOutput[];
  /** Lines that read shared memory which other invocations may be writing. */
  readonly sharedReads: readonly number[];
}

/** Throws CompileError. */
export function lintProgram(wgsl: string, entryPoint?: string): StaticLint {
  return withDiagnostics(wgsl, () => {
    const parsed = parseModule(wgsl);
    const scope = new ModuleScope(parsed, evaluateConst, {});
    const entry = findEntryPoint(parsed, entryPoint);
    const { reflection, reach } = describeEntry(scope, entry);
    const names = reflection.bindings.map((binding) => binding.name);
    const origins = new Map<Stmt, Span>();
    const lowered = lowerEntry(scope, entry, reflection.workgroupSize, names, reach.names, origins);
    const lineAt = createLineFinder(wgsl);
    const lineOf = (statement: Stmt): number | null => {
      const span = origins.get(statement);
      return span === undefined ? null : lineAt(span.start);
    };
    const { table, outputs, sharedReads } = traceModule(lowered, lineOf);
    const near = table.of('arithmetic', 'division', 'root', 'function', 'step', 'branch', 'index');
    return {
      outputs: reflection.bindings
        .filter((binding) => binding.access === 'read_write')
        .map(({ name }) => {
          const traced = outputs.find((output) => output.binding === name);
          const facts = traced?.facts ?? 0;
          return {
            name,
            near: say(table.list(facts & near)),
            jumps: (facts & table.of('branch', 'index')) !== 0,
            order: say(table.list(facts & table.of('atomic', 'exchange'))),
            line: traced?.storeLines[0] ?? null,
          };
        }),
      sharedReads,
    };
  });
}

/** One sentence for each kind of fact, the gravest first. */
function say(facts: readonly Fact[]): readonly StaticReason[] {
  const sentences = new Map<string, number[]>();
  for (const kind of [...factKinds].reverse()) {
    for (const fact of facts) {
      if (fact.kind !== kind) continue;
      const lines = sentences.get(sayFact(fact)) ?? [];
      if (fact.line !== null) lines.push(fact.line);
      sentences.set(sayFact(fact), lines);
    }
  }
  return [...sentences].map(([sentence, lines]) => ({ sentence, lines: lines.sort((a, b) => a - b) }));
}

/** Counts the lines once, and not for every statement. */
function createLineFinder(source: string): (place: number) => number {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (place) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
