// What an update is told of the engine.
import { describe, expect, test } from 'vitest';
import type { ContributorState } from '../../../src/contributor/state.ts';
import { readEngineMoment } from '../../../src/ui/state/engine-moment.ts';

const idle = (reason: 'paused' | 'no-jobs'): ContributorState => ({ kind: 'idle', reason, sentence: '', retryAtMs: null });
const stopped = (code: 'upgrade-required' | 'forbidden'): ContributorState => ({ kind: 'stopped', fault: { code, sentence: '' } });

describe('the moment for an update', () => {
  test.each([
    [{ kind: 'off' }, false, false],
    [{ kind: 'working' }, true, false],
    [{ kind: 'starting', step: 'engine' }, true, false],
    [{ kind: 'other-tab' }, true, false],
    [idle('paused'), false, false],
    [idle('no-jobs'), false, false],
    [stopped('forbidden'), false, false],
    [stopped('upgrade-required'), false, true],
  ] as const)('%o', (state, isComputing, isTooOld) => {
    expect(readEngineMoment({ state })).toEqual({ isComputing, isTooOld });
  });
});
