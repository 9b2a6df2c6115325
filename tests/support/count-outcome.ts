// A vitest reporter that only counts, for the one closing line of `npm test`; the parent process reads the count from a file.
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface CountedModule {
  readonly state: () => string;
  readonly children: { allTests(): Iterable<{ result(): { readonly state: string } }> };
}

/**
 * A file that failed without a failed test (a broken import, a hook) counts as one failure, and so do errors outside any test: otherwise a
 * broken run could read as "0 failed".
 */
export function countOutcome(modules: readonly CountedModule[], strayErrors: number): Outcome {
  const outcome = { passed: 0, failed: strayErrors > 0 ? 1 : 0, skipped: 0 };
  for (const module of modules) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    const failed = states.filter((state) => state === 'failed').length;
    const passed = states.filter((state) => state === 'passed').length;
    outcome.passed += passed;
    outcome.failed += failed === 0 && module.state() === 'failed' ? 1 : failed;
    outcome.skipped += states.length - passed - failed;
  }
  return outcome;
}

export function formatOutcome({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Vitest makes one of these by name: `--reporter=tests/support/count-outcome.ts`. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.OSTRAKA_OUTCOME_FILE;
    if (file) writeFileSync(file, JSON.stringify(countOutcome(modules, errors.length)));
  }
}
