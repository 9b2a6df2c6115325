// After Yes: the contributor inside the frame, seen or not at all, within its load, one at a time for all pages of a site, and always to be stopped.
import { createApi } from '../account/create-api.ts';
import { loadGuestKey } from '../account/guest-key.ts';
import { signInThroughWidget, type WidgetPlace } from '../account/sign-in-widget.ts';
import { type Contributor, createContributor } from '../contributor/host.ts';
import type { ContributorSnapshot } from '../contributor/state.ts';
import { WIDGET_MINUTE_MS } from '../protocol/api-sites.ts';
import { formatCredits } from '../protocol/credit.ts';
import { Fault } from '../protocol/fault.ts';
import type { FrameDrawing, RunningControls, RunningView, Shown } from './draw-frame.ts';
import { MAX_LOAD } from './frame-options.ts';
import type { FrameWords } from './frame-words.ts';
import { type HoldReason, judgeDevice } from './judge-device.ts';
import { readDevice } from './read-device.ts';
import { visitorPart } from './visitor-part.ts';

export interface WidgetParts {
  readonly baseUrl: string;
  readonly place: WidgetPlace;
  readonly words: FrameWords;
  readonly shown: Shown;
  readonly draw: FrameDrawing;
  readonly controls: RunningControls;
  /** What may be used now, 0.05 to 0.6. */
  load(): number;
  isAllowedClick(event: Event): boolean;
  tell(ostraka: string, detail: Readonly<Record<string, unknown>>): void;
  onFailed(sentence: string): void;
}

export interface RunningWidget {
  setSeen(isSeen: boolean): void;
  /** By the host's page. */
  setHeld(isHeld: boolean): void;
  applyLoad(): void;
  end(): Promise<void>;
}

const LOCK = 'ostraka-widget';
/** Unseen for this long, it gives its place to another page of the site, and its shards back. */
const YIELD_MS = 15_000;
/** Decimals of a credit that are shown; what is beyond them is cut, never rounded up. */
const SHOWN_DECIMALS = 3;

interface Engine {
  readonly contributor: Contributor;
  readonly stopBeat: () => void;
  readonly release: () => void;
}

export function runWidget(parts: WidgetParts): RunningWidget {
  const { words, draw, shown, controls } = parts;
  const overruled = new Set<HoldReason>();
  let isSeen = false;
  let isHeld = false;
  let isEnded = false;
  let engine: Engine | null = null;
  let waiting: AbortController | null = null;
  let isPausedHere = false;
  let yieldTimer: ReturnType<typeof setTimeout> | undefined;
  let update: ((view: RunningView) => void) | null = null;

  /** Takes the one place of this site, or waits for it. */
  const compete = async (): Promise<void> => {
    if (isEnded || engine !== null || waiting !== null) return;
    const hold = judgeDevice(await readDevice(), overruled);
    if (isEnded || engine !== null || waiting !== null) return;
    if (hold !== null) return showHold(hold);
    const mine = new AbortController();
    waiting = mine;
    draw.note(words.starting);
    // Refused where the browser keeps nothing for frames of other sites: then there is no key to sign with either.
    const asked = await navigator.locks.query().catch(() => null);
    if (asked === null) return fail(new Fault('config', words.noStorage));
    const { held = [] } = asked;
    if (held.some(({ name }) => name === LOCK) && waiting === mine) {
      draw.note(words.otherTab);
      tellState('paused');
    }
    await navigator.locks
      .request(LOCK, { signal: mine.signal }, () => (waiting === mine ? open() : undefined))
      .catch((cause: unknown) => {
        if (!mine.signal.aborted) fail(cause);
      });
  };

  /** Holds the lock until it is released. */
  const open = async (): Promise<void> => {
    const { place, baseUrl } = parts;
    const api = createApi({ baseUrl });
    const token = await signInThroughWidget(api, await loadGuestKey(), place);
    const contributor = await createContributor({
      baseUrl,
      build: import.meta.env.VITE_BUILD ?? 'widget',
      identity: { kind: 'widget', token, ...place },
      maxShare: MAX_LOAD,
      powerPreference: 'low-power',
    });
    waiting = null;
    if (isEnded) return contributor.destroy();
    const released = new Promise<void>((release) => {
      engine = { contributor, release, stopBeat: countMinutes(() => engine !== null && isWorking(contributor.snapshot()), parts, token) };
    });
    isPausedHere = false;
    update = draw.running(shown, controls);
    contributor.subscribe(show);
    await applySettings(contributor);
    await contributor.start();
    settle();
    await released;
    await contributor.destroy();
  };

  const applySettings = async (contributor: Contributor): Promise<void> => {
    const share = parts.load();
    await contributor.setSettings({
      gpu: { isOn: true, duty: share },
      cpu: { isOn: true, share },
      pauseOnBattery: !overruled.has('on-battery'),
      onlyWhenIdle: { isOn: false },
      hours: { isOn: false },
      dataCap: { isOn: false },
    });
  };

  /** Runs exactly while it is seen and nobody holds it. */
  const settle = (): void => {
    if (engine === null) return;
    const mayRun = isSeen && !isHeld;
    // Only what was paused here is resumed: resuming anything else would overrule the rule (the battery's) that holds it still.
    if (mayRun === isPausedHere) {
      isPausedHere = !mayRun;
      void (mayRun ? engine.contributor.resume() : engine.contributor.pause(null));
    }
    show(engine.contributor.snapshot());
  };

  const yieldPlace = (): void => {
    waiting?.abort();
    waiting = null;
    const ending = engine;
    engine = null;
    update = null;
    ending?.stopBeat();
    ending?.release();
    if (!isEnded) draw.note(words.notSeen);
  };

  const fail = (cause: unknown): void => {
    isEnded = true;
    yieldPlace();
    parts.onFailed(cause instanceof Fault ? cause.message : words.offline);
  };

  const tellState = (state: 'running' | 'paused'): void => parts.tell('state', { state });

  const showHold = (reason: HoldReason): void => {
    update = null;
    tellState('paused');
    draw.note(`${words.holds[reason]} ${words.hold}`, {
      label: words.overrule,
      run(event) {
        if (!parts.isAllowedClick(event)) return;
        overruled.add(reason);
        if (engine === null) return void compete();
        update = draw.running(shown, controls);
        void applySettings(engine.contributor).then(settle);
      },
    });
  };

  const show = (snapshot: ContributorSnapshot): void => {
    const { state } = snapshot;
    if (engine === null) return;
    if (state.kind === 'stopped') return fail(new Fault(state.fault.code, state.fault.sentence));
    if (state.kind === 'idle' && state.reason === 'on-battery' && !overruled.has('on-battery') && isSeen && !isHeld) {
      if (update !== null) showHold('on-battery');
      return;
    }
    // the charger came back by itself
    update ??= draw.running(shown, controls);
    const view = makeView(snapshot, { isSeen, isHeld, words, sharePercent: shown.sharePercent });
    update(view);
    tellState(isSeen && !isHeld ? 'running' : 'paused');
    parts.tell('progress', { percent: view.percent, verified: snapshot.counts.verified });
  };

  return {
    setSeen(next) {
      isSeen = next;
      clearTimeout(yieldTimer);
      if (isEnded) return;
      if (!isSeen) yieldTimer = setTimeout(yieldPlace, YIELD_MS);
      else if (engine === null) void compete();
      settle();
    },
    setHeld(next) {
      isHeld = next;
      settle();
    },
    applyLoad() {
      if (engine !== null) void applySettings(engine.contributor);
    },
    async end() {
      isEnded = true;
      clearTimeout(yieldTimer);
      const ending = engine;
      yieldPlace();
      await ending?.contributor.destroy();
    },
  };
}

function isWorking({ state }: ContributorSnapshot): boolean {
  return state.kind === 'working';
}

interface Around {
  readonly isSeen: boolean;
  readonly isHeld: boolean;
  readonly words: FrameWords;
  readonly sharePercent: number;
}

function makeView(snapshot: ContributorSnapshot, { isSeen, isHeld, words, sharePercent }: Around): RunningView {
  const { measured, current, creditedMicro } = snapshot;
  const mayRun = isSeen && !isHeld;
  const shares = [measured.gpuPercent, measured.cpuPercent].filter((percent) => percent !== null);
  const [whole = '0', fraction = ''] = formatCredits(visitorPart(creditedMicro, sharePercent)).split('.');
  const [shard] = current;
  return {
    line: mayRun ? (isWorking(snapshot) ? words.working : words.waitingForWork) : isHeld ? words.paused : words.notSeen,
    isWorking: mayRun && isWorking(snapshot),
    percent: shares.length === 0 ? null : Math.round(Math.max(...shares)),
    job: shard ? { id: shard.job, title: shard.title } : null,
    credits: creditedMicro === 0n ? null : `${whole}${fraction === '' ? '' : `.${fraction.slice(0, SHOWN_DECIMALS)}`}`,
  };
}

/** Says once a minute that it computed: the site's owner sees minutes, and no visitor. */
function countMinutes(isRunning: () => boolean, { place, baseUrl }: WidgetParts, token: string): () => void {
  const api = createApi({ baseUrl, token });
  const beat = (): void => {
    if (isRunning()) void api.send('/api/widget/minutes', { method: 'POST', json: { site: place.site } }).catch(() => undefined);
  };
  const timer = setInterval(beat, WIDGET_MINUTE_MS);
  return () => clearInterval(timer);
}
