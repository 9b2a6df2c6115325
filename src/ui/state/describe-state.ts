// What the contributor is doing, in words: a headline, a sentence that names the rule or reason, and the tone of the dot beside it.
import { type ContributorSnapshot, type ContributorState, RULES, type RuleName } from '../../contributor/state.ts';
import { CONTRIBUTOR_WORDS } from './contributor-words.ts';
import { formatClock, formatCount, formatWeekday } from './format.ts';
import { readWords } from './words.ts';

export type Tone = 'off' | 'on' | 'wait' | 'bad';

export interface StateWords {
  readonly headline: string;
  readonly sentence: string;
  /** For the pill, where there is room for one or two words. */
  readonly brief: string;
  readonly tone: Tone;
}

/** Further away than this, the clock says more than a countdown. */
const SOON_MS = 90_000;
/** And further than this, it is another day. */
const TODAY_MS = 18 * 3_600_000;

export function describeState(snapshot: ContributorSnapshot, nowMs: number): StateWords {
  const words = readWords(CONTRIBUTOR_WORDS);
  const { state } = snapshot;
  switch (state.kind) {
    case 'off':
      return { headline: words.off, sentence: words.offSentence, brief: words.brief.off, tone: 'off' };
    case 'starting':
      return { headline: words.starting, sentence: words.steps[state.step], brief: words.brief.starting, tone: 'wait' };
    case 'working':
      return describeWork(snapshot);
    case 'idle':
      return describeIdle(state, nowMs);
    case 'reconnecting':
      return {
        headline: words.reconnecting,
        sentence: `${words.unreachable} ${nextTry(state.retryAtMs, nowMs)}`.trim(),
        brief: words.brief.reconnecting,
        tone: 'wait',
      };
    case 'other-tab':
      return { headline: words.otherTab, sentence: words.otherTabSentence, brief: words.brief.otherTab, tone: 'on' };
    case 'insecure':
      return { headline: words.insecure, sentence: state.sentence, brief: words.brief.insecure, tone: 'bad' };
    case 'stopped':
      return { headline: words.stopped, sentence: state.fault.sentence, brief: words.brief.stopped, tone: 'bad' };
  }
}

function describeWork({ current, rule }: ContributorSnapshot): StateWords {
  const words = readWords(CONTRIBUTOR_WORDS);
  // What runs is completed, but the person should see that she was heard.
  if (rule) return { headline: words.rule(rule.name), sentence: words.idle(rule.name), brief: words.brief.finishing, tone: 'on' };
  const [first] = current;
  const sentence = first ? words.shard(formatCount(first.index), first.title, current.length - 1) : words.someShard;
  return { headline: words.computing, sentence, brief: words.brief.computing, tone: 'on' };
}

function describeIdle({ reason, retryAtMs }: Extract<ContributorState, { kind: 'idle' }>, nowMs: number): StateWords {
  const words = readWords(CONTRIBUTOR_WORDS);
  const rule = RULES.find((name) => name === reason);
  const when = rule ? until(retryAtMs, nowMs) : nextTry(retryAtMs, nowMs);
  return {
    headline: rule ? words.rule(rule) : words.waiting,
    sentence: `${words.idle(reason)} ${when}`.trim(),
    brief: rule ? briefOf(rule) : words.brief.waiting,
    tone: 'wait',
  };
}

function briefOf(rule: RuleName): string {
  const { brief } = readWords(CONTRIBUTOR_WORDS);
  switch (rule) {
    case 'paused':
    case 'paused-until':
      return brief.paused;
    case 'finishing':
      return brief.finishing;
    case 'engines-off':
    case 'no-gpu':
    case 'on-battery':
    case 'outside-hours':
    case 'data-cap':
    case 'user-active':
      return brief.resting;
  }
}

function nextTry(retryAtMs: number | null, nowMs: number): string {
  const seconds = retryAtMs === null ? 0 : Math.ceil((retryAtMs - nowMs) / 1_000);
  return seconds > 0 ? readWords(CONTRIBUTOR_WORDS).nextTry(seconds) : '';
}

/** When a rule is looked at next: soon as a countdown, later by the clock. */
function until(untilMs: number | null, nowMs: number): string {
  if (untilMs === null || untilMs <= nowMs) return '';
  const words = readWords(CONTRIBUTOR_WORDS);
  const leftMs = untilMs - nowMs;
  if (leftMs <= SOON_MS) return words.untilSoon(Math.ceil(leftMs / 1_000));
  return words.until(leftMs <= TODAY_MS ? formatClock(untilMs) : `${formatWeekday(new Date(untilMs).getDay())} ${formatClock(untilMs)}`);
}
