// Carries bans to the devices that are connected here, also those that another coordinator wrote.
import type { FaultBody } from '../src/protocol/fault.ts';
import type { DeviceId } from '../src/protocol/ids.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Log } from './observe/log.ts';
import { makeBanFault } from './operator/ban-fault.ts';
import type { Ban, OperatorStore } from './storage/operator-store.ts';

const LOOK_MS = 1_000;
/** Clocks differ, and a transaction that began earlier may end later: the last minute is always read again. */
const OVERLAP_MS = 60_000;

export interface BanParts {
  readonly store: Pick<OperatorStore, 'listBannedSince' | 'readBan'>;
  readonly gateway: Pick<Gateway, 'refuseDevice'>;
  readonly contact: string | null;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly nowMs: () => number;
}

export interface BanWatch {
  look(): Promise<void>;
  stop(): void;
}

export function watchBans({ store, gateway, contact, log, nowMs }: BanParts): BanWatch {
  let isBusy = false;
  async function look(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    try {
      for (const { device, reason } of await store.listBannedSince(nowMs() - OVERLAP_MS)) {
        if (gateway.refuseDevice(device, makeBanFault({ device, reason, contact })) > 0)
          log.info({ device }, 'A banned device was sent away.');
      }
    } catch (cause) {
      log.warn({ err: cause }, 'Bans could not be read; it is tried again in a second.');
    } finally {
      isBusy = false;
    }
  }
  const timer = setInterval(() => void look(), LOOK_MS);
  return { look, stop: () => clearInterval(timer) };
}

/** For the gateway: what a device is told at its hello. */
export function createBanReader(
  readBan: OperatorStore['readBan'],
  contact: string | null,
): (device: DeviceId) => Promise<FaultBody | null> {
  return async (device) => {
    const ban: Ban | null = await readBan(device);
    return ban === null ? null : makeBanFault({ device, reason: ban.reason, contact });
  };
}
