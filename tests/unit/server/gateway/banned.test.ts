// A banned device: its sessions end with the reason, its next hello is refused, and the core never hears of it again.
import { expect, test } from 'vitest';
import { makeBanFault } from '../../../../server/operator/ban-fault.ts';
import { createBanReader, watchBans } from '../../../../server/watch-bans.ts';
import type { DeviceId } from '../../../../src/protocol/ids.ts';
import { createMemoryPair } from '../../../../src/transport/memory.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createFakeDevice, createFakeGateway, HELLO, makeHolder } from '../../../support/fake-gateway.ts';

const DEVICE = 2 as DeviceId;
const FAULT = makeBanFault({ device: DEVICE, reason: 'It lies.', contact: null });

function begin(banned: Set<number> = new Set()) {
  const timers = createFakeClock();
  const readBan = async (device: DeviceId) => (banned.has(device) ? { device, reason: 'It lies.' } : null);
  const fake = createFakeGateway({ timers, readBan: createBanReader(readBan, null) });
  const connect = async (device: number) => {
    const [near, far] = createMemoryPair();
    fake.gateway.accept(far, makeHolder(device));
    const connection = createFakeDevice(near, timers);
    connection.say(HELLO);
    await settle();
    await settle();
    return connection;
  };
  return { ...fake, connect };
}

test('is refused at its hello, and no other device is', async () => {
  const { connect, events, gateway } = begin(new Set([DEVICE]));
  const banned = await connect(DEVICE);
  const honest = await connect(3);
  await banned.ended;
  expect(banned.messages).toEqual([{ type: 'refused', fault: FAULT }]);
  expect(honest.messages).toMatchObject([{ type: 'welcome' }]);
  expect(events).toMatchObject([{ type: 'session-opened', device: 3 }]);
  expect(gateway.counts.sessionsLive).toBe(1);
});

test('loses every session it has, with the reason', async () => {
  const { connect, gateway, events } = begin();
  const [one, two, other] = [await connect(DEVICE), await connect(DEVICE), await connect(3)];
  expect([...gateway.wires()]).toEqual([
    [2, 'memory'],
    [3, 'memory'],
  ]);
  expect(gateway.refuseDevice(DEVICE, FAULT)).toBe(2);
  await Promise.all([one.ended, two.ended]);
  expect(one.messages.at(-1)).toEqual({ type: 'refused', fault: FAULT });
  expect(two.messages.at(-1)).toEqual({ type: 'refused', fault: FAULT });
  expect(other.endings).toEqual([]);
  expect(events.filter(({ type }) => type === 'session-closed')).toHaveLength(2);
  expect(gateway.refuseDevice(DEVICE, FAULT)).toBe(0);
});

test('is sent away also when another coordinator wrote the ban', async () => {
  const { connect, gateway } = begin();
  const device = await connect(DEVICE);
  const asked: number[] = [];
  const log = { info: () => undefined, warn: () => undefined };
  const bans = watchBans({
    store: {
      listBannedSince: async (atMs) => {
        asked.push(atMs);
        return [{ device: DEVICE, reason: 'It lies.' }];
      },
      readBan: async () => null,
    },
    gateway,
    contact: null,
    log,
    nowMs: () => 100_000,
  });
  await bans.look();
  bans.stop();
  await device.ended;
  // what was written a little earlier by another clock is read again
  expect(asked).toEqual([40_000]);
  expect(device.messages.at(-1)).toEqual({ type: 'refused', fault: FAULT });
});
