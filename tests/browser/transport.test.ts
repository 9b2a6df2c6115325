// A real Chromium with the stock PeerJS client against the real signalling and WebRTC of the coordinator.
import type { Browser } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Gateway } from '../../server/gateway/gateway.ts';
import { createMessageChannel, PROBE_MS } from '../../src/transport/message-channel.ts';
import { RTC_BUDGET_MS } from '../../src/transport/open-channel.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { buildTransportHarness, callPage, makeTarget, openTransportPage, removeFolder } from '../support/open-transport-page.ts';
import { startWireServer, type WireServer, type WireServerOptions } from '../support/wire-server.ts';

const MEBIBYTE = 1024 * 1024;
/** Sends every message back. */
const ECHO: Pick<Gateway, 'accept'> = {
  accept(channel) {
    const pipe = createMessageChannel(channel, { onMessage: (bytes) => pipe.send(bytes), onClose: () => {} });
    return pipe;
  },
};

let browser: Browser;
let folder: string;
const wires: WireServer[] = [];

beforeAll(async () => {
  folder = await buildTransportHarness();
  browser = await launchBrowser({ gpu: 'none' });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const wire of wires.splice(0)) await wire.close();
});
afterAll(async () => {
  await browser?.close();
  await removeFolder(folder);
});

async function start(options: WireServerOptions = {}) {
  const wire = await startWireServer(options);
  wires.push(wire);
  return { wire, page: await openTransportPage(browser, wire, folder) };
}

test('WebRTC opens within its budget and carries a megabyte there and back', async () => {
  const { wire, page } = await start({ signalling: { gateway: ECHO }, upgrade: { gateway: ECHO } });
  const reply = await callPage(page, 'echo', makeTarget(wire), MEBIBYTE);
  expect(reply).toMatchObject({ kind: 'rtc', isSame: true });
  expect(reply.openMs).toBeLessThan(RTC_BUDGET_MS);
  console.log(`WebRTC: open ${reply.openMs.toFixed(0)} ms, echo of 1 MiB ${reply.echoMs.toFixed(0)} ms`);
});

test('a worker sends its frames through the page: 16 MiB with backpressure, byte for byte', async () => {
  const { wire, page } = await start({ signalling: { gateway: ECHO }, upgrade: { gateway: ECHO } });
  const reply = await callPage(page, 'echoInWorker', makeTarget(wire), 16 * MEBIBYTE);
  expect(reply).toMatchObject({ kind: 'rtc', isSame: true });
  console.log(`WebRTC by a worker: echo of 16 MiB ${reply.echoMs.toFixed(0)} ms`);
});

test('where UDP is blocked the WebSocket takes over after the budget, with the same frames', async () => {
  // An address of the documentation range: nothing answers there.
  const blocked = { gateway: ECHO, publicAddress: '192.0.2.1' };
  const { wire, page } = await start({ signalling: blocked, upgrade: { gateway: ECHO } });
  const reply = await callPage(page, 'echo', makeTarget(wire), MEBIBYTE);
  expect(reply).toMatchObject({ kind: 'ws', isSame: true });
  expect(reply.why).toContain('did not open within');
  expect(reply.openMs).toBeGreaterThanOrEqual(RTC_BUDGET_MS - 50);
  expect(reply.openMs).toBeLessThan(RTC_BUDGET_MS + 3_000);
  console.log(`WebSocket after blocked UDP: open ${reply.openMs.toFixed(0)} ms, echo of 1 MiB ${reply.echoMs.toFixed(0)} ms`);
});

test('a refused ticket fails at once with one sentence, and the WebSocket does not wait for the budget', async () => {
  const { wire, page } = await start({ signalling: { gateway: ECHO }, upgrade: { gateway: ECHO } });
  const failed = await callPage(page, 'openPeerAndFail', { ...makeTarget(wire), ticket: 'never-issued' });
  expect(failed).toEqual({ code: 'offline', sentence: expect.stringMatching(/^WebRTC failed: /) });
  const reply = await callPage(page, 'echo', { ...makeTarget(wire), ticket: 'never-issued' }, 1_000);
  expect(reply).toMatchObject({ kind: 'ws', isSame: true });
  expect(reply.openMs).toBeLessThan(RTC_BUDGET_MS);
});

test('what was sent before a close still arrives', async () => {
  const arrived: number[] = [];
  const endings: string[] = [];
  const sink: Pick<Gateway, 'accept'> = {
    accept: (channel) =>
      createMessageChannel(channel, { onMessage: (bytes) => arrived.push(bytes.length), onClose: ({ reason }) => endings.push(reason) }),
  };
  const { wire, page } = await start({ signalling: { gateway: sink }, upgrade: { gateway: sink } });
  await callPage(page, 'sendAndClose', makeTarget(wire), 3 * MEBIBYTE);
  await expect.poll(() => endings, { timeout: 15_000 }).toEqual(['closed-there']);
  expect(arrived).toEqual([3 * MEBIBYTE]);
});

test('a page says hello over WebRTC; when its tab is closed the coordinator knows within a probe', async () => {
  const { wire, page } = await start();
  expect(await callPage(page, 'sayHello', makeTarget(wire))).toBe('welcome');
  expect(wire.events.map((event) => event.type)).toEqual(['session-opened']);
  const closedAt = performance.now();
  await page.close();
  await expect.poll(() => wire.events.at(-1)?.type, { timeout: 3 * PROBE_MS }).toBe('session-closed');
  expect(performance.now() - closedAt).toBeLessThan(PROBE_MS + 2_000);
});

test('a coordinator that goes away says so, and the page sees the end', async () => {
  const { wire, page } = await start();
  expect(await callPage(page, 'sayHello', makeTarget(wire))).toBe('welcome');
  wire.gateway.closeAll({ code: 'draining', sentence: 'Back in a moment.' });
  expect((await callPage(page, 'ending')).reason).toBe('closed-there');
});
