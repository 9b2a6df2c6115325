// A database held by a frozen tab: work goes on without it, and what it held is taken up when it answers.
import { describe, expect, test } from 'vitest';
import { keyOfClaim } from '../../../src/contributor/contributor-store.ts';
import { createPatientStore, STORE_BUDGET_MS } from '../../../src/contributor/create-patient-store.ts';
import { createMemoryStore } from '../../../src/contributor/memory-store.ts';
import { createOutbox, LOAD_BUDGET_MS } from '../../../src/contributor/outbox.ts';
import type { ClientMessage } from '../../../src/protocol/messages.ts';
import { describeContributorStore } from '../../contract/describe-contributor-store.ts';
import { createFakeClock, settle } from '../../support/fake-clock.ts';
import { makeKeptResult } from '../../support/make-kept-result.ts';

describe('waited for with patience', () => {
  describeContributorStore(async () => createPatientStore(createMemoryStore(), createFakeClock()));
});

describe('a database that does not answer', () => {
  const held = { ...createMemoryStore(), keepResult: () => new Promise<void>(() => {}) };

  test('is given up after its budget, not before', async () => {
    const clock = createFakeClock();
    let ended = 'open';
    createPatientStore(held, clock)
      .keepResult(makeKeptResult(1))
      .catch((fault: { readonly code: string }) => {
        ended = fault.code;
      });
    await clock.advance(STORE_BUDGET_MS - 1);
    expect(ended).toBe('open');
    await clock.advance(1);
    expect(ended).toBe('storage-failed');
  });

  test('keeps no result from the coordinator', async () => {
    const clock = createFakeClock();
    const outbox = createOutbox({ store: createPatientStore(held, clock), clock });
    const result = makeKeptResult(1);
    const sent: ClientMessage[] = [];
    outbox.connect({
      device: result.claim.device,
      send: (message) => sent.push(message),
      wish: () => ({ wanted: 0, workgroupsPerSecond: 0 }),
    });
    void outbox.add(result);
    await settle();
    expect(sent).toEqual([]);
    await clock.advance(STORE_BUDGET_MS);
    expect(sent.map(({ type }) => type)).toEqual(['results']);
  });

  test('holds up a start only so long, and what it had is sent when it comes', async () => {
    const clock = createFakeClock();
    const memory = createMemoryStore();
    const result = makeKeptResult(1);
    await memory.keepResult(result);
    let answer = (): void => {};
    const late = {
      ...memory,
      readResults: () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }).then(() => memory.readResults()),
    };
    const outbox = createOutbox({ store: late, clock });
    let found: number | null = null;
    void outbox.load().then((count) => {
      found = count;
    });
    await clock.advance(LOAD_BUDGET_MS - 1);
    expect(found).toBeNull();
    await clock.advance(1);
    expect(found).toBe(0);
    const claims: string[] = [];
    outbox.connect({
      device: result.claim.device,
      send: (message) => message.type === 'results' && claims.push(...message.results.map(({ claim }) => keyOfClaim(claim))),
      wish: () => ({ wanted: 0, workgroupsPerSecond: 0 }),
    });
    answer();
    await settle();
    expect(claims).toEqual([result.key]);
    expect(outbox.unsent).toBe(1);
  });

  test('left by another tab when it stopped is sent by the one that leads', async () => {
    const clock = createFakeClock();
    const memory = createMemoryStore();
    let tell = (): void => {};
    const shared = {
      ...memory,
      onLeft(listener: () => void) {
        tell = listener;
      },
    };
    const outbox = createOutbox({ store: createPatientStore(shared, clock), clock });
    await outbox.load();
    const claims: string[] = [];
    const result = makeKeptResult(1);
    outbox.connect({
      device: result.claim.device,
      send: (message) => message.type === 'results' && claims.push(...message.results.map(({ claim }) => keyOfClaim(claim))),
      wish: () => ({ wanted: 0, workgroupsPerSecond: 0 }),
    });
    await memory.keepResult(result);
    tell();
    await settle();
    expect(claims).toEqual([result.key]);
  });
});
