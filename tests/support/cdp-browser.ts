// A real Chromium spoken to by the bare DevTools protocol: its tabs are really hidden, frozen and crashed, which Playwright keeps them from being.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type LaunchOptions, makeLaunchOptions } from './launch-browser.ts';

export interface CdpBrowser {
  /** A tab of the one profile, in front of the others; resolves when its document was loaded. `before` runs before every load of it. */
  openTab(url: string, before?: () => void): Promise<CdpTab>;
  send<T = unknown>(method: string, params?: object): Promise<T>;
  /** Throws away a hidden tab, the only one of its address, as Chromium does when memory is short; the returned function shows it again, which loads it anew. */
  discard(tab: CdpTab): Promise<() => Promise<CdpTab>>;
  /** As closing the lid: all of its processes stand still until woken. */
  sleep(): void;
  wake(): void;
  /** Ends the browser. Its profile stays when `keepsProfile`, to be opened again. */
  close(keepsProfile?: boolean): Promise<void>;
  readonly profile: string;
}

export interface CdpTab {
  readonly target: string;
  readonly session: string;
  send<T = unknown>(method: string, params?: object): Promise<T>;
  /** Runs a function of the page's own world; arguments and result cross as JSON, promises are awaited. */
  evaluate<Args extends readonly unknown[], T>(act: (...args: Args) => T | Promise<T>, ...args: Args): Promise<T>;
  /** Puts it in front, which hides the one that was. */
  show(): Promise<void>;
  freeze(): Promise<void>;
  unfreeze(): Promise<void>;
  /** Its process ends as if it had run out of memory. */
  crash(): Promise<void>;
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface CdpBrowserOptions extends LaunchOptions {
  /** Of a browser that was closed before. */
  readonly profile?: string;
}

const START_MS = 30_000;

export async function openCdpBrowser(options: CdpBrowserOptions = {}): Promise<CdpBrowser> {
  const { executablePath, args } = makeLaunchOptions(options);
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'ostraka-profile-'));
  // Chromium shows its page about tabs, by which one is discarded, only to who asked for such pages once.
  if (!existsSync(join(profile, 'Local State'))) writeFileSync(join(profile, 'Local State'), '{"internal_only_uis_enabled":true}');
  const flags = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--window-size=1280,800', ...args];
  // A group of its own, so that all of its processes can be stopped at once.
  const child = spawn(executablePath, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const wire = await connect(await readAddress(child));
  const signalAll = (signal: NodeJS.Signals): void => {
    process.kill(-(child.pid as number), signal);
  };
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // A run that is broken off leaves no browser behind.
  const end = (): void => signalAll('SIGKILL');
  process.once('exit', end);
  void exited.then(() => process.off('exit', end));
  const openTab = async (url: string, before?: () => void): Promise<CdpTab> => {
    const { targetId } = await wire.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const tab = await attach(wire, targetId);
    if (before) await tab.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${before.toString()})()` });
    await navigate(wire, tab, () => tab.send('Page.navigate', { url }));
    return tab;
  };
  return {
    profile,
    send: (method, params) => wire.send(method, params),
    openTab,
    discard: async (tab) => await discard(wire, await openTab('chrome://discards'), tab),
    sleep: () => signalAll('SIGSTOP'),
    wake: () => signalAll('SIGCONT'),
    async close(keepsProfile = false) {
      signalAll('SIGCONT');
      await wire.send('Browser.close').catch(() => undefined);
      await exited;
      wire.close();
      if (!keepsProfile) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function attach(wire: Wire, target: string): Promise<CdpTab> {
  const { sessionId } = await wire.send<{ sessionId: string }>('Target.attachToTarget', { targetId: target, flatten: true });
  const send = <T>(method: string, params: object = {}): Promise<T> => wire.send<T>(method, params, sessionId);
  await send('Page.enable');
  const setState = (state: 'frozen' | 'active') => send<void>('Page.setWebLifecycleState', { state });
  const tab: CdpTab = {
    target,
    session: sessionId,
    send,
    async evaluate(act, ...args) {
      const expression = `(${act.toString()})(...${JSON.stringify(args)})`;
      const answer = await send<Evaluated>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
      return answer.result.value as never;
    },
    show: () => wire.send('Target.activateTarget', { targetId: target }),
    freeze: () => setState('frozen'),
    unfreeze: () => setState('active'),
    async crash() {
      const crashed = wire.next('Inspector.targetCrashed', sessionId);
      await send('Inspector.enable');
      // Never answered: what would answer it is gone.
      send('Page.crash').catch(() => undefined);
      await crashed;
    },
    reload: () => navigate(wire, tab, () => send('Page.reload')),
    async close() {
      const gone = wire.next('Target.detachedFromTarget');
      await wire.send('Target.closeTarget', { targetId: target });
      await gone;
    },
  };
  return tab;
}

/** Only a tab that no tool looks into may be discarded, and what is loaded in its place is another target. */
async function discard(wire: Wire, list: CdpTab, tab: CdpTab): Promise<() => Promise<CdpTab>> {
  const href = await tab.evaluate(() => location.href);
  await wire.send('Target.detachFromTarget', { sessionId: tab.session });
  await wire.send('Target.setDiscoverTargets', { discover: true });
  await list.evaluate(async (wanted) => {
    const findRow = (): HTMLElement | undefined => {
      const tabs = document.querySelector('discards-main')?.shadowRoot?.querySelector('discards-tab')?.shadowRoot;
      const rows = [...(tabs?.querySelectorAll<HTMLElement>('tbody tr') ?? [])];
      return rows.find((row) => row.querySelector('.tab-url-cell')?.textContent?.trim() === wanted);
    };
    while (!findRow()) await new Promise(requestAnimationFrame);
    const links = [...(findRow()?.querySelectorAll<HTMLElement>('[is=action-link]') ?? [])];
    links.find(({ textContent }) => textContent?.includes('[Urgent Discard]'))?.click();
  }, href);
  const found = await findTarget(wire, ({ targetId, url }) => url === href && targetId !== tab.target);
  return async () => {
    await wire.send('Target.activateTarget', { targetId: found.targetId });
    return await attach(wire, found.targetId);
  };
}

interface TargetInfo {
  readonly targetId: string;
  readonly url: string;
}

async function findTarget(wire: Wire, isIt: (target: TargetInfo) => boolean): Promise<TargetInfo> {
  for (;;) {
    const more = wire.next('Target.targetCreated');
    const { targetInfos } = await wire.send<{ targetInfos: readonly TargetInfo[] }>('Target.getTargets');
    const found = targetInfos.find(isIt);
    if (found) return found;
    await more;
  }
}

async function navigate(wire: Wire, tab: CdpTab, go: () => Promise<unknown>): Promise<void> {
  const loaded = wire.next('Page.loadEventFired', tab.session);
  await go();
  await loaded;
}

interface Evaluated {
  readonly result: { readonly value: unknown };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

interface Wire {
  send<T = unknown>(method: string, params?: object, sessionId?: string): Promise<T>;
  /** The next event of this name, of any session when none is named. */
  next(method: string, sessionId?: string): Promise<unknown>;
  close(): void;
}

interface WireMessage {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
  readonly sessionId?: string;
}

async function connect(address: string): Promise<Wire> {
  const socket = new WebSocket(address, { maxPayload: 256 * 1024 * 1024 });
  const calls = new Map<number, { readonly resolve: (result: never) => void; readonly reject: (error: Error) => void }>();
  const waits = new Set<{ readonly method: string; readonly sessionId: string | undefined; readonly resolve: (params: unknown) => void }>();
  let lastId = 0;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as WireMessage;
    if (message.id !== undefined) {
      const call = calls.get(message.id);
      calls.delete(message.id);
      if (message.error) call?.reject(new Error(message.error.message));
      else call?.resolve(message.result as never);
      return;
    }
    for (const wait of [...waits]) {
      if (wait.method !== message.method || (wait.sessionId !== undefined && wait.sessionId !== message.sessionId)) continue;
      waits.delete(wait);
      wait.resolve(message.params);
    }
  });
  socket.on('close', () => {
    for (const call of calls.values()) call.reject(new Error('The browser is gone.'));
    calls.clear();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    send(method, params = {}, sessionId) {
      lastId += 1;
      const id = lastId;
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      return new Promise((resolve, reject) => calls.set(id, { resolve, reject }));
    },
    next: (method, sessionId) => new Promise((resolve) => waits.add({ method, sessionId, resolve })),
    close: () => socket.close(),
  };
}

/** Chromium says where it listens in a line of its own. */
function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const stopAlarm = setTimeout(() => reject(new Error(`Chromium did not start within ${START_MS / 1_000} s: ${said}`)), START_MS);
    child.once('exit', (code) => reject(new Error(`Chromium ended with code ${code}: ${said}`)));
    child.stderr?.on('data', (data: Buffer) => {
      if (said.length < 10_000) said += data.toString('utf8');
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(stopAlarm);
      resolve(address);
    });
  });
}
