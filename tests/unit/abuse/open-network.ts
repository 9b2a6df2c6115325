// A whole coordinator in this process, on loopback, over a database of its own: what abuse is tried against.
import { rmSync } from 'node:fs';
import { WebSocket } from 'ws';
import { parseConfig } from '../../../server/config.ts';
import { startCoordinator } from '../../../server/start-coordinator.ts';
import type { Api } from '../../../src/account/create-api.ts';
import { requestTicket } from '../../../src/account/session.ts';
import type { Assignment, AssignmentClaim } from '../../../src/protocol/assignment.ts';
import { encodeClientMessage } from '../../../src/protocol/encode-message.ts';
import type { Digest } from '../../../src/protocol/ids.ts';
import { leafHash } from '../../../src/protocol/merkle.ts';
import type { ServerMessage } from '../../../src/protocol/messages.ts';
import type { Result } from '../../../src/protocol/result.ts';
import { toHex } from '../../../src/protocol/sha256.ts';
import { openWebSocketChannel } from '../../../src/transport/websocket.ts';
import { createFakeDevice, type FakeDevice } from '../../support/fake-gateway.ts';
import { signInHeadless } from '../../support/sign-in-headless.ts';
import { makeTestFolder } from '../../support/start-database.ts';
import { HELLO } from './fuzz/sample-messages.ts';

export interface Network {
  readonly url: string;
  /** A fresh account with its start grant. */
  signIn(): Promise<Api>;
  /** A live device of the account. */
  open(api: Api): Promise<FakeDevice>;
  /** One sentence about the ledger, from the coordinator's own check. */
  checkLedger(): Promise<string>;
  stop(): Promise<void>;
}

export async function openNetwork(settings: Readonly<Record<string, string>> = {}): Promise<Network> {
  const dataDir = makeTestFolder();
  const env = { PORT: '0', DATA_DIR: dataDir, HOUSE_CONTRIBUTOR: 'off', HOUSE_JOBS: 'off', LOG_LEVEL: 'silent', ...settings };
  const coordinator = await startCoordinator(parseConfig({ env, argv: [], homeDir: dataDir }));
  const url = coordinator.url;
  const devices: FakeDevice[] = [];
  return {
    url,
    signIn: () => signInHeadless(url),
    async open(api) {
      const { ticket } = await requestTicket(api);
      const device = createFakeDevice(await openWebSocketChannel({ url: `${url.replace(/^http/, 'ws')}/transport`, ticket, WebSocket }));
      devices.push(device);
      device.say(HELLO);
      await device.next('welcome');
      return device;
    },
    async checkLedger() {
      const health = (await (await fetch(`${url}/api/health`)).json()) as {
        readonly checks: readonly { name: string; sentence: string }[];
      };
      return health.checks.find(({ name }) => name === 'ledger')!.sentence;
    },
    async stop() {
      for (const { pipe } of devices) pipe.close();
      await coordinator.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Every assignment the device was given so far. */
export function assignmentsOf(device: FakeDevice): readonly Assignment[] {
  return device.messages.flatMap((message) => (message.type === 'assignments' ? message.assignments : []));
}

export function take<Type extends ServerMessage['type']>(device: FakeDevice, type: Type) {
  return device.messages.filter((message): message is Extract<ServerMessage, { readonly type: Type }> => message.type === type);
}

/** A good answer of one leaf; `change` forges its claim. */
export function makeResult({ claim, mac }: Assignment, bytes: Uint8Array, change: Partial<AssignmentClaim> = {}): Result {
  const root = toHex(leafHash(bytes)) as Digest;
  return {
    claim: { ...claim, ...change },
    mac,
    outcome: { kind: 'done', outputs: [{ root, bytes: bytes.length, payloadOffset: 0 }], elapsedMs: 1, engine: 'cpu' },
  };
}

/** Sends one result with its bytes and waits for its receipt. */
export async function answer(device: FakeDevice, result: Result, bytes: Uint8Array) {
  const before = take(device, 'receipts').length;
  device.pipe.send(encodeClientMessage({ type: 'results', results: [result], wanted: 0, workgroupsPerSecond: 1 }, bytes));
  await expectMore(device, 'receipts', before);
  return take(device, 'receipts')[before]!.receipts[0]!;
}

const PATIENCE_MS = 10_000;

/** Resolves when there are more messages of this type than `before`. */
export async function expectMore(device: FakeDevice, type: ServerMessage['type'], before: number): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (take(device, type).length <= before) {
    if (performance.now() > untilMs) {
      const ending = device.endings[0]?.sentence ?? 'The connection is open.';
      throw new Error(
        `No further ${type} came. ${ending} The last messages: ${JSON.stringify(device.messages.slice(-4), (_, value) => (typeof value === 'bigint' ? String(value) : value))}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
