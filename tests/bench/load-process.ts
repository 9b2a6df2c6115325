// The process that plays all contributors of a bench: started by load.ts, told what to do by messages, ended by it.
import { createLoadContributor, type LoadContributor } from './load-contributor.ts';
import type { ConnectOrder, ConnectReport, LoadAnswer, LoadOrder, LookReport } from './load-orders.ts';
import { createLoadTally } from './load-tally.ts';
import { openLoadChannel, signIn } from './open-load-channel.ts';

/** Sign-ins and handshakes under way at once. */
const AT_ONCE = 16;

const tally = createLoadTally();
const contributors: LoadContributor[] = [];
const endings: (() => void)[] = [];
let lost = 0;
let opened = 0;

async function connectOne({ url, kind, window, thinkMs }: ConnectOrder): Promise<number> {
  const place = opened++;
  const { channel, tries, close } = await openLoadChannel(await signIn(url), kind, place);
  const contributor = createLoadContributor(channel, {
    window,
    thinkMs,
    tally,
    onLost(sentence) {
      lost++;
      tally.fail(`A contributor's connection ended: ${sentence}`);
    },
  });
  contributors.push(contributor);
  endings.push(() => {
    contributor.close();
    close();
  });
  await contributor.welcomed;
  return tries;
}

async function connect(order: ConnectOrder): Promise<ConnectReport> {
  const startedAtMs = performance.now();
  let left = order.contributors;
  let attempts = 0;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const tries = await connectOne(order);
      attempts += tries;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { connected: contributors.length - lost, connectMs: performance.now() - startedAtMs, attempts };
}

function look(): LookReport {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    ...tally.look(),
    served: contributors.filter((contributor) => contributor.wasServed).length,
    open: contributors.length - lost,
  };
}

async function obey(order: LoadOrder): Promise<Extract<LoadAnswer, { ok: true }>['report']> {
  switch (order.type) {
    case 'connect':
      return connect(order.order);
    case 'await-credits':
      return tally.awaitCredits(order.job, order.copies);
    case 'look':
      return look();
    case 'close':
      for (const end of endings.splice(0)) end();
      return null;
  }
}

process.on('message', (order: LoadOrder) => {
  const answer = (said: LoadAnswer): void => void process.send?.(said);
  obey(order).then(
    (report) => answer({ id: order.id, ok: true, report }),
    (cause: unknown) => answer({ id: order.id, ok: false, sentence: cause instanceof Error ? cause.message : String(cause) }),
  );
});
process.on('disconnect', () => process.exit(0));
