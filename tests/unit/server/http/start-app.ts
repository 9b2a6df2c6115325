// The real HTTP app over stores in memory, and a way to sign in with the real client code.
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { vi } from 'vitest';
import { createSignInRules } from '../../../../server/accounts/create-sign-in-rules.ts';
import type { JobNotice } from '../../../../server/coordinator/event.ts';
import { createApp } from '../../../../server/http/app.ts';
import type { HttpDependencies, HttpSettings } from '../../../../server/http/dependencies.ts';
import { verifyP256 } from '../../../../server/http/verify-p256.ts';
import { makeReceiptSigner } from '../../../../server/load-secrets.ts';
import { type Api, createApi } from '../../../../src/account/create-api.ts';
import { signInWithKey } from '../../../../src/account/sign-in.ts';
import { KEY_ALGORITHM, makeSigningKey, type SigningKey } from '../../../../src/account/signing-key.ts';
import type { QuoteView } from '../../../../src/protocol/api.ts';
import { createMemoryDesks } from './memory-desks.ts';
import { createMemorySites } from './memory-sites.ts';
import { createMemoryStanding } from './memory-standing.ts';
import { createMemoryAccounts, createMemoryBlobs, createMemoryPages, makeStoredJob } from './memory-stores.ts';

export const ORIGIN = 'http://127.0.0.1:8787';

const QUOTE: QuoteView = {
  id: 'quote-1',
  shards: 2,
  workgroupsPerShard: 2,
  pricePerCopy: '1000',
  total: '4000',
  lines: [],
  expiresAtMs: 1,
  estimateSeconds: null,
  cpu: { isPossible: true, reason: null },
  workPerWorkgroup: 1_000,
  lint: null,
  notices: ['Contributors can see the code and the inputs.'],
};

export interface AppChanges {
  readonly settings?: Partial<HttpSettings>;
  readonly dependencies?: Partial<HttpDependencies>;
  readonly startMs?: number;
  /** Wallets that OPERATORS names, in lower case. */
  readonly operators?: readonly string[];
}

export function startApp(changes: AppChanges = {}) {
  const accounts = createMemoryAccounts();
  const blobs = createMemoryBlobs();
  const pages = createMemoryPages();
  const sites = createMemorySites();
  const listeners = new Set<(notices: readonly JobNotice[]) => void>();
  const clock = { nowMs: changes.startMs ?? Date.UTC(2030, 0, 1) };
  const caller = { address: '127.0.0.1' };
  const desks = createMemoryDesks({ listed: changes.operators ?? [], readProof: accounts.readProof, nowMs: () => clock.nowMs });
  const settings: HttpSettings = {
    name: 'test',
    build: '0.0.0',
    isLoopbackOnly: true,
    trustProxy: false,
    allowedOrigins: [],
    blobQuotaBytes: 1_000,
    peer: null,
    houseKey: null,
    ...changes.settings,
  };
  const dependencies: HttpDependencies = {
    settings,
    rules: createSignInRules({
      chainId: 1,
      isLoopbackOnly: settings.isLoopbackOnly,
      random: (count) => webcrypto.getRandomValues(new Uint8Array(count)),
      verifySignature: verifyP256,
    }),
    accounts: accounts.store,
    blobs: blobs.store,
    pages: pages.store,
    jobs: {
      quote: vi.fn(async () => QUOTE),
      submit: vi.fn(async (_quote, _spec, account) => {
        const job = makeStoredJob({ requester: { account, name: 'me' } });
        pages.jobs.set(job.id, job);
        return job.id;
      }),
    },
    coordinator: {
      cancelJob: vi.fn(async (job) => void pages.jobs.set(job, { ...makeStoredJob(), ...pages.jobs.get(job), state: 'cancelled' })),
      shardLetters: () => null,
      isShared: () => false,
      counts: () => ({ contributors: 2, devices: [{ kind: 'cpu', count: 2 }], jobsRunning: 1 }),
      onNotices: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    receipts: makeReceiptSigner(generateKeyPairSync('ed25519').privateKey),
    standing: createMemoryStanding(),
    network: desks.network,
    operators: desks.operators,
    log: { debug: vi.fn(), error: vi.fn() },
    clientAddress: () => caller.address,
    issueTicket: ({ account }) => ({ ticket: `ticket-of-${account}`, peer: 'abc', expiresAtMs: clock.nowMs + 30_000 }),
    readHealth: async () => ({ status: 'ok', checks: [], build: '0.0.0', upMs: 1 }),
    readMetrics: async () => ({ contentType: 'text/plain', text: 'ostraka_up 1\n' }),
    observeRequest: vi.fn(),
    isStorageLow: () => false,
    isOverloaded: () => false,
    nowMs: () => clock.nowMs,
    sites: sites.dependencies,
    app: null,
    ...changes.dependencies,
  };
  const created = createApp(dependencies);
  const request = async (path: string, init?: RequestInit): Promise<Response> =>
    created.app.request(path.startsWith('http') ? path : `${ORIGIN}${path}`, init);
  const notify = (notices: readonly JobNotice[]): void => listeners.forEach((listener) => listener(notices));
  return { ...created, dependencies, desks, accounts, blobs, pages, sites, clock, caller, request, notify, listeners };
}

export type StartedApp = ReturnType<typeof startApp>;

export async function makeKey(): Promise<SigningKey> {
  return makeSigningKey(await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']));
}

export function createTestApi(started: StartedApp, origin = ORIGIN): Api {
  return createApi({ baseUrl: origin, fetch: (url, init) => started.request(url, init) });
}

/** A headless session: its bearer token works wherever a cookie would. */
export async function signInHeadless(started: StartedApp, key?: SigningKey): Promise<Api> {
  const api = createTestApi(started);
  const { token } = await signInWithKey(api, key ?? (await makeKey()), 'headless');
  return api.withToken(token);
}

/** The fault a call ends in. */
export async function faultOf(
  call: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string; readonly facts: object }> {
  return call.then(
    () => ({ code: 'none', message: 'It did not fail.', facts: {} }),
    (fault) => fault,
  );
}
