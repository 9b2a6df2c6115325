// What a run holds in its hands: the network, the requester, what everyone was told; and waiting for something to become true.
import type { Client } from '../../src/requester/create-client.ts';
import type { JobMill } from './job-mill.ts';
import type { Violation } from './judge-told.ts';
import type { KillNetwork } from './network.ts';
import type { ToldReader } from './told-log.ts';
import type { ToldRecord } from './told-record.ts';

export interface Scene {
  readonly network: KillNetwork;
  readonly client: Client;
  readonly mill: JobMill;
  readonly reader: ToldReader;
  readonly told: ToldRecord;
  readonly violations: Violation[];
}

/** A run cannot go on: something did not come back. */
export class Stuck extends Error {}

const LOOK_EVERY_MS = 25;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** Takes in what was logged, and what parts of the scene have found wrong by themselves. */
export function takeIn({ network, mill, reader, told, violations }: Scene): void {
  told.add(reader.readNew());
  for (const sentence of told.contradictions.splice(0)) violations.push({ kind: 'doubled', sentence });
  violations.push(...mill.takeViolations());
  for (const sentence of network.listUnexpectedEnds()) violations.push({ kind: 'wrong', sentence: `Nobody killed it: ${sentence}` });
}

/** Throws `Stuck` with `what` when it is not so in time. */
export async function waitFor(scene: Scene, what: string, withinMs: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endsAtMs = Date.now() + withinMs;
  for (;;) {
    takeIn(scene);
    if (await isSo()) return;
    if (Date.now() >= endsAtMs) throw new Stuck(`Within ${withinMs / 1_000} s it was expected that ${what}; it did not happen.`);
    await pause(LOOK_EVERY_MS);
  }
}
