// What the panels of power and rules say, in German.
import type { PresetName } from '../../../contributor/presets.ts';
import type { NoEngineReason } from '../../../contributor/state.ts';
import type { Translation } from '../../state/words.ts';
import type { PowerWords } from './words.ts';

const PRESETS: Readonly<Record<PresetName, string>> = { quiet: 'Leise', balanced: 'Ausgewogen', full: 'Voll' };

const MISSING: Readonly<Record<NoEngineReason, string>> = {
  'not-opened': 'Wird angefragt, wenn das Rechnen beginnt.',
  'switched-off': 'Ausgeschaltet.',
  'no-webgpu': 'Dieser Browser hat kein WebGPU.',
  'no-adapter': 'Dieser Browser hat WebGPU, fand aber keine GPU.',
  'no-device': 'Die GPU wurde gefunden, ließ sich aber nicht öffnen.',
  'software-gpu-avoided': 'Der Browser bietet nur eine GPU aus Software, und die ist langsamer als die CPU selbst.',
  'gpu-lost-twice': 'Die GPU ging zweimal kurz nacheinander verloren; lade die Seite neu, um sie wieder zu benutzen.',
  'gpu-not-given-back': 'Der Browser gibt die GPU nach einem Absturz nicht wieder her; lade die Seite neu, um sie wieder zu benutzen.',
  'did-not-start': 'Sie ließ sich nicht starten; lade die Seite neu, um es noch einmal zu versuchen.',
};

export const GERMAN: Translation<PowerWords> = {
  power: {
    title: 'Leistung',
    presets: 'Wie viel von diesem Gerät',
    preset: (name) => PRESETS[name],
    gpu: 'GPU',
    cpu: 'CPU',
    gpuLoad: 'Last der GPU',
    cpuLoad: 'Last der CPU',
    percent: (percent) => `${percent} %`,
    ofGpu: (percent) => `${percent} Prozent der Zeit der GPU`,
    ofCpu: (percent, threads) => `${percent} Prozent von ${threads === 1 ? 'einem Thread' : `${threads} Threads`}`,
    threads: 'Threads',
    ofThreads: (percent, asked) => `${percent} % der ganzen CPU gemessen, ${asked} % verlangt`,
    measured: (percent, asked) => `${percent} % gemessen, ${asked} % verlangt`,
    notRunning: 'Wird gemessen, während es rechnet.',
    isOff: 'Ausgeschaltet.',
    missing: (reason) => MISSING[reason],
    steppingBack: 'Etwas anderes braucht dieses Gerät, deshalb tritt das Rechnen kurz zurück.',
  },
  rules: {
    idle: 'Nur wenn niemand das Gerät benutzt',
    idleAfter: 'Beginnt nach',
    minutes: (count) => (count === 1 ? '1 Minute' : `${count} Minuten`),
    idlePage: 'Dieser Browser verrät nur Eingaben auf dieser Seite; sie gelten als Benutzung.',
    idleAsk: 'Darf diese Seite wissen, ob das ganze Gerät still ist? Der Browser wird dich fragen.',
    idleAskButton: 'Browser fragen',
    idleGranted: 'Der Browser meldet Eingaben überall auf diesem Gerät.',
    idleDenied:
      'Der Browser soll nicht sagen, ob dieses Gerät still ist, also zählen nur Eingaben auf dieser Seite. In den Website-Einstellungen kannst du das ändern.',
    battery: 'Im Akkubetrieb ruhen',
    batteryHint: 'Wo der Browser es verrät; Firefox und Safari tun es nicht.',
    hours: 'Nur zu bestimmten Zeiten',
    hoursDays: 'Tage',
    hoursFrom: 'Von',
    hoursTo: 'Bis',
    hoursNight: 'über Mitternacht',
    hoursAdd: 'Zeiten hinzufügen',
    hoursRemove: (what) => `${what} entfernen`,
    hoursRange: (index) => `Zeiten ${index}`,
    hoursEmpty: 'Noch keine Zeiten: Es würde nie etwas berechnet, deshalb wartet diese Regel auf die ersten.',
    hoursFull: (most) => `Mehr als ${most} können es nicht sein.`,
    dataCap: 'Eine Grenze für Daten',
    dataCapAmount: 'Am Tag, hin und zurück',
    megabytes: 'MB',
    dataToday: (used, cap) => `${used} von ${cap} heute verbraucht.`,
    dataTodayFree: (used) => `${used} heute verbraucht.`,
    dataWrong: (least, most) => `Zwischen ${least} und ${most}.`,
  },
};
