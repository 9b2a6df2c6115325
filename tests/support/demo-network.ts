// The demo's network: one coordinator, three Chromium contributors (one without a GPU, one lying), one requester.
import type { SessionView } from '../../src/protocol/api.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { type ContributorPage, openContributorPage } from './open-contributor-page.ts';
import { signInHeadless } from './sign-in-headless.ts';
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
