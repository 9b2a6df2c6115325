// The demo's network: one coordinator, Chromium contributors with a GPU and without, one requester, and a liar: a browser whose code was
// spoilt on its way, or the contributor that the product itself starts in demo mode.
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import type { SessionView } from '../../src/protocol/api.ts';
import type { OperatorDevicesView, OperatorView } from '../../src/protocol/api-operator.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { type ContributorPage, openContributorPage } from './open-contributor-page.ts';
import { signInHeadless } from './sign-in-headless.ts';
import { type OperatorClient, signInOperator } from './sign-in-operator.ts';
import { startCoordinator } from './start-coordinator.ts';

export interface DemoContributor {
  readonly label: string;
  readonly isLiar: boolean;
  readonly account: AccountId;
  readonly opened: ContributorPage;
}

export interface DemoNetwork {
  readonly url: string;
  readonly requester: Client;
  readonly contributors: readonly DemoContributor[];
  /** Earned micro-credits of a contributor as its own session sees them. */
  readEarned(contributor: DemoContributor): Promise<string>;
  close(): Promise<void>;
}

const CAST = [
  { label: 'with a GPU', gpu: 'software', isLiar: false },
  { label: 'without a GPU', gpu: 'none', isLiar: false },
  { label: 'the liar', gpu: 'none', isLiar: true },
] as const;

export async function createDemoNetwork(): Promise<DemoNetwork> {
  const coordinator = await startCoordinator();
  const opened: DemoContributor[] = [];
  const close = async () => {
    await Promise.allSettled(opened.map((contributor) => contributor.opened.close()));
    await coordinator.destroy();
  };
  try {
    for (const { label, gpu, isLiar } of CAST) {
      const page = await openContributorPage({ url: coordinator.url, gpu, isLying: isLiar });
      opened.push({ label, isLiar, opened: page, account: (await waitForSession(page)).account.id });
    }
    return {
      url: coordinator.url,
      requester: await signInHeadless(coordinator.url),
      contributors: opened,
      close,
      readEarned: async ({ opened: { page } }) => (await readSession(page))!.account.earned,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

export interface OperatedNetwork {
  readonly url: string;
  readonly requester: Client;
  readonly operator: OperatorClient;
  readonly honest: readonly DemoContributor[];
  readonly liar: { readonly account: AccountId; readonly device: DeviceId };
  close(): Promise<void>;
}

/** In demo mode, as `npm run demo` tells it: an operator signs in and injects the liar. */
export async function createOperatedNetwork(): Promise<OperatedNetwork> {
  const wallet = privateKeyToAccount(generatePrivateKey());
  const coordinator = await startCoordinator({ env: { DEMO: 'on', OPERATORS: wallet.address } });
  const honest: DemoContributor[] = [];
  const close = async () => {
    await Promise.allSettled(honest.map((contributor) => contributor.opened.close()));
    await coordinator.destroy();
  };
  try {
    const operator = await signInOperator(coordinator.url, wallet);
    await operator.act('/demo/inject-liar', 'To be seen losing the vote.');
    for (const { label, gpu, isLiar } of CAST.filter((each) => !each.isLiar)) {
      const page = await openContributorPage({ url: coordinator.url, gpu });
      honest.push({ label, isLiar, opened: page, account: (await waitForSession(page)).account.id });
    }
    const liar = await waitForLiar(operator, honest[0]!.opened);
    return { url: coordinator.url, requester: await signInHeadless(coordinator.url), operator, honest, liar, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function waitForLiar(operator: OperatorClient, { page }: ContributorPage): Promise<OperatedNetwork['liar']> {
  for (;;) {
    const { demo } = await operator.read<OperatorView>('/api/operator');
    const { devices } = await operator.read<OperatorDevicesView>('/api/operator/devices?show=connected');
    const found = devices.find(({ device }) => device === demo?.device);
    if (demo?.state === 'lying' && found) return { account: found.account, device: found.device };
    await page.waitForTimeout(200);
  }
}

/** Pressing Contribute signs the guest in. */
async function waitForSession({ page }: ContributorPage): Promise<SessionView> {
  for (;;) {
    const session = await readSession(page);
    if (session) return session;
    await page.waitForTimeout(100);
  }
}

function readSession(page: ContributorPage['page']): Promise<SessionView | null> {
  return page.evaluate(async () => {
    const response = await fetch('/api/session');
    return response.ok && response.status !== 204 ? ((await response.json()) as SessionView) : null;
  });
}
