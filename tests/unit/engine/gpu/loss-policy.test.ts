// The first loss asks again, a second within two minutes goes to the CPU: both sides of the window.
import { expect, test } from 'vitest';
import { ASK_AGAIN_AFTER_MS, judgeLoss, judgeNoAdapter, LOSS_WINDOW_MS, NO_LOSSES } from '../../../../src/engine/gpu/loss-policy.ts';

test('a first loss asks again after two seconds', () => {
  expect(judgeLoss(NO_LOSSES, 5_000).action).toMatchObject({ kind: 'ask-again', afterMs: ASK_AGAIN_AFTER_MS });
  expect(ASK_AGAIN_AFTER_MS).toBe(2_000);
});

test('a second loss just within the window goes to the CPU, just outside it asks again', () => {
  const first = judgeLoss(NO_LOSSES, 1_000).state;
  expect(judgeLoss(first, 1_000 + LOSS_WINDOW_MS - 1).action.kind).toBe('use-cpu');
  expect(judgeLoss(first, 1_000 + LOSS_WINDOW_MS).action.kind).toBe('ask-again');
});

test('losses outside the window are forgotten', () => {
  let state = NO_LOSSES;
  for (let loss = 0; loss < 50; loss++) state = judgeLoss(state, loss * LOSS_WINDOW_MS).state;
  expect(state.lossesMs).toHaveLength(1);
});

test('no adapter after a loss goes to the CPU and says so', () => {
  const { action } = judgeNoAdapter(judgeLoss(NO_LOSSES, 0).state);
  expect(action.kind).toBe('use-cpu');
  expect(action.sentence).toMatch(/CPU/);
});
