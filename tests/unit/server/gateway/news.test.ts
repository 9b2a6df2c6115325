// News of results ride on other messages to their session, or leave a little later by themselves.
import { describe, expect, it } from 'vitest';
import { GATEWAY_LIMITS } from '../../../../server/gateway/limits.ts';
import type { ServerMessage } from '../../../../src/protocol/messages.ts';
import { createMemoryPair } from '../../../../src/transport/memory.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createFakeDevice, createFakeGateway, HELLO, makeHolder } from '../../../support/fake-gateway.ts';

function createWorld() {
  const timers = createFakeClock();
  const fake = createFakeGateway({ timers });
  const connectLive = async (device = 2) => {
    const [near, far] = createMemoryPair();
    fake.gateway.accept(far, makeHolder(device));
    const connection = createFakeDevice(near, timers);
    connection.say(HELLO);
    await settle();
    await settle();
    return connection;
  };
  return { timers, ...fake, connectLive };
}

describe('news', () => {
  const RECEIPTS: ServerMessage = { type: 'receipts', receipts: [] };
  const IDLE: ServerMessage = { type: 'idle', reason: 'no-jobs', retryAfterMs: 10 };

  it('wait for a message to ride on, and go before it in their order', async () => {
    const world = createWorld();
    const device = await world.connectLive();
    for (const message of [RECEIPTS, { type: 'credited', shards: [], balance: 5n } as const, IDLE]) world.gateway.deliver(1, message);
    await settle();
    expect(device.messages.map(({ type }) => type)).toEqual(['welcome', 'receipts', 'credited', 'idle']);
    await world.timers.advance(GATEWAY_LIMITS.newsMs);
    expect(device.messages).toHaveLength(4);
  });

  it('leave alone after their time, and not before', async () => {
    const world = createWorld();
    const devices = [await world.connectLive(1), await world.connectLive(2)];
    for (const session of [1, 2]) world.gateway.deliver(session, RECEIPTS);
    await world.timers.advance(GATEWAY_LIMITS.newsMs - 1);
    expect(devices.map(({ messages }) => messages.length)).toEqual([1, 1]);
    await world.timers.advance(1);
    for (const { messages } of devices) expect(messages.map(({ type }) => type)).toEqual(['welcome', 'receipts']);
    world.gateway.deliver(1, RECEIPTS);
    await world.timers.advance(GATEWAY_LIMITS.newsMs);
    expect(devices.map(({ messages }) => messages.length)).toEqual([3, 2]);
  });

  it('of a session that is refused leave before the refusal, of one that is gone not at all', async () => {
    const world = createWorld();
    const [told, gone] = [await world.connectLive(1), await world.connectLive(2)];
    for (const session of [1, 2]) world.gateway.deliver(session, RECEIPTS);
    gone.pipe.close();
    await settle();
    world.gateway.closeAll({ code: 'draining', sentence: 'The coordinator is restarting; come back in a moment.' });
    await world.timers.advance(GATEWAY_LIMITS.newsMs);
    expect(told.messages.map(({ type }) => type)).toEqual(['welcome', 'receipts', 'refused']);
    expect(gone.messages).toHaveLength(1);
  });
});
