// The widget's frame: asks first, by a trusted click inside itself and nowhere else; only a Yes fetches what computes.
import type { WidgetAnswerBody, WidgetView } from '../protocol/api-sites.ts';
import { consentKey, judgeConsent, makeConsent } from './consent.ts';
import { createDrawing, type Shown } from './draw-frame.ts';
import { DEFAULT_LOAD, isOwnHost, MAX_LOAD, parseFrameOptions, parseThrottle, pickLoad } from './frame-options.ts';
import { wordsOf } from './frame-words.ts';
import type { RunningWidget } from './run-widget.ts';
import { watchSeen } from './watch-seen.ts';

const options = parseFrameOptions(location.search, navigator.languages);
const words = wordsOf(options.lang);
document.documentElement.lang = options.lang;
if (options.theme !== 'auto') document.documentElement.dataset.theme = options.theme;

const drawing = createDrawing(document.getElementById('frame')!, words, {
  security: `${location.origin}/security`,
  job: (id) => `${location.origin}/jobs/${id}`,
});
const hostOrigin = readHostOrigin();
const host = hostOrigin === null ? null : new URL(hostOrigin).host;

type WidgetState = 'asking' | 'declined' | 'starting' | 'running' | 'paused' | 'stopped' | 'unsupported' | 'error';

let throttle = options.throttle;
let chosenLoad = DEFAULT_LOAD;
let isHeldByHost = false;
let running: RunningWidget | null = null;
/** What was started before and came up after a Stop is thrown away. */
let turn = 0;
let about: WidgetView | null = null;

/** The page around this frame, as the browser names it: a page cannot say that it is another. */
function readHostOrigin(): string | null {
  const { ancestorOrigins } = location as { readonly ancestorOrigins?: DOMStringList };
  const origin = ancestorOrigins?.[0] ?? (URL.canParse(document.referrer) ? new URL(document.referrer).origin : 'null');
  return window === window.top || origin === 'null' ? null : origin;
}

const told = new Map<string, string>();

/** The same again is not said. */
function tell(ostraka: string, detail: Readonly<Record<string, unknown>> = {}): void {
  const text = JSON.stringify(detail);
  if (hostOrigin === null || told.get(ostraka) === text) return;
  told.set(ostraka, text);
  parent.postMessage({ ostraka, ...detail }, hostOrigin);
}

function tellState(state: WidgetState): void {
  tell('state', { state });
}

/** Storage may be closed to frames: then the answer holds as long as this page. */
const memory = {
  read(): string | null {
    try {
      return localStorage.getItem(consentKey(host ?? ''));
    } catch {
      return null;
    }
  },
  write(answer: 'yes' | 'no'): void {
    try {
      localStorage.setItem(consentKey(host ?? ''), makeConsent(answer, Date.now()));
    } catch {}
  },
  forget(): void {
    try {
      localStorage.removeItem(consentKey(host ?? ''));
    } catch {}
  },
};

const seen = watchSeen((isSeen) => {
  running?.setSeen(isSeen);
  if (isSeen && about !== null && judgeConsent(memory.read(), Date.now()) === 'yes' && running === null && turn === 0) void start();
});

function mayStart(event: Event): boolean {
  const { userActivation } = navigator as { readonly userActivation?: UserActivation };
  return event.isTrusted && (userActivation?.isActive ?? true);
}

function answer(said: WidgetAnswerBody['answer']): void {
  if (about?.site == null) return;
  const body: WidgetAnswerBody = { site: about.site.id, answer: said };
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), keepalive: true } as const;
  void fetch('/api/widget/answers', { ...init, credentials: 'omit' }).catch(() => undefined);
}

function ask(view: WidgetView, shown: Shown): void {
  tellState('asking');
  drawing.ask(view, shown, Math.round(pickLoad(chosenLoad, throttle) * 100), {
    yes(event) {
      if (!mayStart(event)) return;
      if (!seen.canBeClicked(performance.now())) return drawing.warn(words.covered);
      memory.write('yes');
      answer('yes');
      void start();
    },
    no(event) {
      if (!event.isTrusted) return;
      memory.write('no');
      answer('no');
      drawing.note(words.declined);
      tellState('declined');
    },
  });
}

/** As easy as it was to begin: one press, and the Yes is forgotten. */
function stop(): void {
  turn += 1;
  const ending = running;
  running = null;
  memory.forget();
  tellState('stopped');
  drawing.note(words.stopped, {
    label: words.again,
    run(event) {
      if (!mayStart(event) || !seen.canBeClicked(performance.now())) return;
      memory.write('yes');
      void start();
    },
  });
  void ending?.end();
}

async function start(): Promise<void> {
  if (about?.site == null || host === null || running !== null) return;
  turn += 1;
  const mine = turn;
  const { site, sharePercent } = about;
  tellState('starting');
  drawing.note(words.starting);
  try {
    // The one place from which anything that computes, stores or signs is fetched.
    const { runWidget } = await import('./run-widget.ts');
    if (mine !== turn) return;
    running = runWidget({
      baseUrl: location.origin,
      place: { site: site.id, host },
      words,
      load: () => pickLoad(chosenLoad, throttle),
      draw: drawing,
      controls: {
        get load() {
          return pickLoad(chosenLoad, MAX_LOAD);
        },
        get limit() {
          return throttle < MAX_LOAD ? throttle : null;
        },
        setLoad(load) {
          chosenLoad = load;
          running?.applyLoad();
        },
        stop,
      },
      shown: { domain: site.domain, sharePercent },
      isAllowedClick: mayStart,
      tell,
      onFailed(sentence) {
        if (mine !== turn) return;
        turn += 1;
        running = null;
        tell('error', { sentence });
        tellState('error');
        drawing.note(sentence, { label: words.retry, run: (event) => mayStart(event) && void start() });
      },
    });
    running.setSeen(seen.isSeen);
    running.setHeld(isHeldByHost);
  } catch {
    if (mine === turn) drawing.note(words.offline, { label: words.retry, run: (event) => mayStart(event) && void start() });
  }
}

function listenToHost({ source, origin, data }: MessageEvent): void {
  if (source !== parent || origin !== hostOrigin) return;
  const { ostraka, value } = (data ?? {}) as { readonly ostraka?: unknown; readonly value?: unknown };
  if (ostraka === 'throttle') {
    // What the element said first stays the most it may ever say.
    throttle = Math.min(options.throttle, parseThrottle(value) ?? throttle);
    running?.applyLoad();
  }
  if (ostraka === 'pause' || ostraka === 'resume') {
    isHeldByHost = ostraka === 'pause';
    running?.setHeld(isHeldByHost);
  }
  if (ostraka === 'stop' && running) stop();
}

async function open(): Promise<void> {
  tell('ready');
  if (host === null || isOwnHost(host, location.host)) {
    drawing.note(words.ownPage);
    return tellState('unsupported');
  }
  addEventListener('message', listenToHost);
  const verdict = judgeConsent(memory.read(), Date.now());
  if (verdict === 'no') {
    tellState('declined');
    return tell('resize', { height: 0 });
  }
  new ResizeObserver(() => tell('resize', { height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
  if (!isSecureContext) {
    drawing.note(words.unsupported);
    return tellState('unsupported');
  }
  await load(verdict === 'yes');
}

async function load(isAgreed: boolean): Promise<void> {
  try {
    const asked = await fetch(`/api/widget?site=${options.site ?? ''}`, { credentials: 'omit' });
    about = asked.ok ? ((await asked.json()) as WidgetView) : asked.status === 404 ? null : await Promise.reject(new Error('refused'));
  } catch {
    tellState('error');
    return drawing.note(words.offline, { label: words.retry, run: () => void load(isAgreed) });
  }
  if (about?.site == null) {
    drawing.note(words.noSite);
    return tellState('unsupported');
  }
  const shown: Shown = { domain: about.site.domain, sharePercent: about.sharePercent };
  if (!isAgreed) return ask(about, shown);
  drawing.note(seen.isSeen ? words.starting : words.notSeen);
  if (seen.isSeen) await start();
}

void open();
