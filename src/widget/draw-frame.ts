// Draws what the frame shows: the question, one sentence with an action, or the running widget with its load and its Stop.
import type { WidgetView } from '../protocol/api-sites.ts';
import { MAX_LOAD, MIN_LOAD } from './frame-options.ts';
import type { FrameWords } from './frame-words.ts';

export interface Action {
  readonly label: string;
  run(event: Event): void;
}

/** `requester` where it is known. */
export interface ShownJob {
  readonly id: number;
  readonly title: string;
  readonly requester?: string;
}

export interface RunningView {
  readonly line: string;
  readonly isWorking: boolean;
  /** Measured, in whole percent; null while nothing was. */
  readonly percent: number | null;
  readonly job: ShownJob | null;
  readonly credits: string | null;
}

export interface Shown {
  readonly domain: string;
  readonly sharePercent: number;
}

/** The job's page and the security page, opened beside the host's own page. */
export interface Links {
  readonly security: string;
  job(id: number): string;
}

export interface FrameDrawing {
  note(sentence: string, action?: Action): void;
  ask(view: WidgetView, shown: Shown, percent: number, answers: { readonly yes: Action['run']; readonly no: Action['run'] }): void;
  /** Below the answers. */
  warn(sentence: string): void;
  running(shown: Shown, controls: RunningControls): (view: RunningView) => void;
}

export interface RunningControls {
  readonly load: number;
  /** What the host allows, where that is less than what a widget may have. */
  readonly limit: number | null;
  setLoad(load: number): void;
  stop(): void;
}

type Child = Node | string | null;

export function createDrawing(root: HTMLElement, words: FrameWords, links: Links): FrameDrawing {
  const show = (...children: readonly Child[]): void => root.replaceChildren(...children.filter((child) => child !== null));
  const securityLink = (): HTMLElement => link(links.security, words.more);
  const jobLine = ({ id, title, requester }: ShownJob): HTMLElement[] => [
    link(links.job(id), title),
    ...(requester === undefined ? [] : [make('span', { className: 'quiet' }, words.by(requester))]),
  ];

  return {
    note(sentence, action) {
      show(
        make('p', { role: 'status' }, sentence),
        make('div', { className: 'row' }, action ? button(action) : null, make('span', { className: 'quiet end' }, securityLink())),
      );
    },
    ask({ job }, { domain, sharePercent }, percent, answers) {
      show(
        make('h1', {}, words.title(domain)),
        make('p', {}, words.ask(percent)),
        make('p', {}, words.split(sharePercent, domain)),
        job ? make('p', { className: 'quiet' }, `${words.example} `, ...jobLine(job).flatMap((part) => [part, ' '])) : null,
        make(
          'div',
          { className: 'row answers' },
          button({ label: words.yes, run: answers.yes }),
          button({ label: words.no, run: answers.no }),
        ),
        make('p', { className: 'quiet' }, securityLink()),
        make('p', { className: 'warning', role: 'status', hidden: true }),
      );
    },
    warn(sentence) {
      const place = root.querySelector<HTMLElement>('.warning');
      if (!place) return;
      place.hidden = false;
      place.textContent = sentence;
    },
    running({ domain, sharePercent }, controls) {
      const dot = make('span', { className: 'dot', ariaHidden: 'true' });
      const line = make('span', { role: 'status' });
      const what = make('p', {});
      const now = make('span', { className: 'quiet' });
      const yours = make('span', { className: 'quiet' });
      const chosen = make('output', {});
      const slider = make('input', { type: 'range', min: `${MIN_LOAD * 100}`, max: `${MAX_LOAD * 100}`, step: '5' });
      slider.value = String(Math.round(controls.load * 100));
      const tell = (): void => {
        chosen.textContent = `${slider.value} %`;
      };
      slider.addEventListener('input', () => {
        tell();
        controls.setLoad(Number(slider.value) / 100);
      });
      tell();
      const isLimited = controls.limit !== null;
      show(
        make(
          'div',
          { className: 'row head' },
          make('div', { className: 'row' }, make('strong', {}, dot, line), now),
          stopButton(words.stop, controls.stop),
        ),
        what,
        make('div', { className: 'row' }, make('label', {}, words.load, slider, chosen)),
        isLimited ? make('p', { className: 'quiet' }, words.limited(Math.round((controls.limit ?? 1) * 100))) : null,
        make('p', { className: 'quiet' }, `${words.split(sharePercent, domain)} `, yours, ' ', securityLink()),
      );
      return (view) => {
        dot.className = view.isWorking ? 'dot on' : 'dot';
        // A live region speaks when its text changes, and only then.
        if (line.textContent !== view.line) line.textContent = view.line;
        now.textContent = view.percent === null ? '' : words.now(view.percent);
        yours.textContent = view.credits === null ? '' : words.yours(view.credits);
        // Between two shards the last job stays, so that nothing jumps.
        if (view.job === null || what.dataset.job === String(view.job.id)) return;
        what.dataset.job = String(view.job.id);
        what.replaceChildren(...jobLine(view.job).flatMap((part) => [part, ' ']));
      };
    },
  };
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  facts: Partial<Omit<HTMLElementTagNameMap[Tag], 'role'>> & { readonly role?: string },
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = Object.assign(document.createElement(tag), facts);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function button({ label, run }: Action): HTMLButtonElement {
  const element = make('button', { type: 'button' }, label);
  element.addEventListener('click', run);
  return element;
}

function stopButton(label: string, stop: () => void): HTMLButtonElement {
  const element = button({ label, run: stop });
  element.classList.add('end');
  return element;
}

function link(href: string, text: string): HTMLAnchorElement {
  return make('a', { href, target: '_blank', rel: 'noopener' }, text);
}
