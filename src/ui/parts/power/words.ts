// What the panels of power and rules say, in English.
import type { PresetName } from '../../../contributor/presets.ts';
import type { NoEngineReason } from '../../../contributor/state.ts';
import type { WordTable } from '../../state/words.ts';

const PRESETS: Readonly<Record<PresetName, string>> = { quiet: 'Quiet', balanced: 'Balanced', full: 'Full' };

const ENGLISH = {
  power: {
    title: 'Power',
    presets: 'How much of this device',
    preset: (name: PresetName) => PRESETS[name],
    gpu: 'GPU',
    cpu: 'CPU',
    gpuLoad: 'GPU load',
    cpuLoad: 'CPU load',
    percent: (percent: string) => `${percent} %`,
    ofGpu: (percent: number) => `${percent} percent of the GPU’s time`,
    ofCpu: (percent: number, threads: number) => `${percent} percent of ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    threads: 'Threads',
    ofThreads: (percent: string, asked: string) => `${percent} % of the whole CPU measured, ${asked} % asked for`,
    measured: (percent: string, asked: string) => `${percent} % measured, ${asked} % asked for`,
    notRunning: 'Measured while it computes.',
    isOff: 'Switched off.',
    missing: (_reason: NoEngineReason, sentence: string) => sentence,
    steppingBack: 'Something else uses this device, so computing steps back for a moment.',
  },
  rules: {
    idle: 'Only when nobody uses this device',
    idleAfter: 'Begin after',
    minutes: (count: number) => (count === 1 ? '1 minute' : `${count} minutes`),
    idlePage: 'This browser tells only of input in this page; it counts as use.',
    idleAsk: 'May this page know whether the whole device is idle? The browser will ask you.',
    idleAskButton: 'Let the browser tell',
    idleGranted: 'The browser tells of input anywhere on this device.',
    idleDenied:
      'The browser was told not to say whether this device is idle, so only this page’s input counts. It can be changed in the site settings.',
    battery: 'Rest on battery',
    batteryHint: 'Where the browser says so; Firefox and Safari do not.',
    hours: 'Only at certain hours',
    hoursDays: 'Days',
    hoursFrom: 'From',
    hoursTo: 'To',
    hoursNight: 'over midnight',
    hoursAdd: 'Add hours',
    hoursRemove: (what: string) => `Remove ${what}`,
    hoursRange: (index: number) => `Hours ${index}`,
    hoursEmpty: 'No hours yet: nothing would ever be computed, so this rule waits for its first.',
    hoursFull: (most: number) => `${most} are the most there can be.`,
    dataCap: 'A limit for data',
    dataCapAmount: 'A day, up and down',
    megabytes: 'MB',
    dataToday: (used: string, cap: string) => `${used} of ${cap} used today.`,
    dataTodayFree: (used: string) => `${used} used today.`,
    dataWrong: (least: string, most: string) => `Between ${least} and ${most}.`,
  },
};

export const POWER_WORDS: WordTable<typeof ENGLISH> = {
  english: ENGLISH,
  loadGerman: () => import('./words.de.ts').then(({ GERMAN }) => GERMAN),
};
export type PowerWords = typeof ENGLISH;
