// The closing line of `npm test` must not read better than the run was.
import { expect, test } from 'vitest';
import { countOutcome, formatOutcome } from '../../support/count-outcome.ts';

const makeModule = (state: string, ...tests: readonly string[]) => ({
  state: () => state,
  children: { allTests: () => tests.map((result) => ({ result: () => ({ state: result }) })) },
});

test('sums tests over files', () => {
  const modules = [makeModule('passed', 'passed', 'passed', 'skipped'), makeModule('failed', 'passed', 'failed')];
  expect(countOutcome(modules, 0)).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

test('a file that could not be read is one failure', () => {
  expect(countOutcome([makeModule('failed')], 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a file whose hook failed after its tests were skipped is one failure', () => {
  expect(countOutcome([makeModule('failed', 'skipped')], 0)).toEqual({ passed: 0, failed: 1, skipped: 1 });
});

test('errors outside any test are one failure', () => {
  expect(countOutcome([makeModule('passed', 'passed')], 3)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('names skipped tests only when there are some', () => {
  expect(formatOutcome({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(formatOutcome({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
