// What a job page says while too few are there to agree.
import { expect, it } from 'vitest';
import { describeWait, type WaitFacts } from '../../../src/ui/pages/job/describe-wait.ts';

const WAITING: WaitFacts = { state: 'running', waiting: 5, quorum: 2, contributors: 1 };

it.each<[Partial<WaitFacts>, string | null]>([
  [{}, 'Waiting for contributors: 1 is connected, 2 must agree.'],
  [{ contributors: 0 }, 'Waiting for contributors: nobody is connected, 2 must agree.'],
  [{ contributors: 2, quorum: 3 }, 'Waiting for contributors: 2 are connected, 3 must agree.'],
  [{ contributors: 0, quorum: 1 }, 'Waiting for contributors: nobody is connected, 1 is needed.'],
  [{ contributors: 2 }, null],
  [{ contributors: 7 }, null],
  [{ contributors: 1, quorum: 1 }, null],
  [{ contributors: null }, null],
  [{ waiting: 0 }, null],
  [{ state: 'done' }, null],
  [{ state: 'cancelled' }, null],
])('%j: %s', (change, sentence) => {
  expect(describeWait({ ...WAITING, ...change })).toBe(sentence);
});
