// What the page Contribute says once this device has begun, in German.
import type { Absence, AbsenceKind } from '../../../contributor/absence.ts';
import type { FeedItem } from '../../../contributor/state.ts';
import { formatAmount, formatDuration } from '../../state/format.ts';
import type { Translation } from '../../state/words.ts';
import type { RunWords } from './run-words.ts';

/** What the program or the coordinator said of a failure stays as it was said. */
function sayItem({ kind, index, amountMicro, sentence, facts }: FeedItem): string {
  const shard = index === null ? 'Ein Shard' : `Shard ${index}`;
  switch (kind) {
    case 'computed':
      return `${shard} wurde${facts?.elapsedMs === undefined ? '' : ` in ${formatDuration(facts.elapsedMs / 1_000)}`} berechnet.`;
    case 'verified':
      return `${shard} wurde geprüft: ${formatAmount(amountMicro ?? 0n)} Credits.`;
    case 'outvoted':
      return `${shard} wurde überstimmt: Andere Geräte waren sich über ein anderes Ergebnis einig.`;
    case 'late':
      return `${shard} kam, als genug andere sich schon einig waren.`;
    case 'failed':
      if (facts?.vote === 'failed') return `${shard} wurde aufgegeben: Zu wenige Geräte waren sich einig.`;
      if (facts?.vote === 'withheld') return `${shard} wurde nicht bezahlt: Seine Bytes kamen nicht, als danach gefragt wurde.`;
      return sentence;
    case 'note':
      return facts?.note === 'bytes-gone' ? 'Der Koordinator fragte nach einem Shard, der hier nicht mehr aufbewahrt wird.' : sentence;
  }
}

const ABSENCES: Readonly<Record<AbsenceKind, string>> = {
  frozen: 'Dein Browser hat diesen Tab schlafen gelegt',
  discarded: 'Dein Browser hat diesen Tab schlafen gelegt',
  asleep: 'Dieses Gerät hat geschlafen',
};

export const GERMAN: Translation<RunWords> = {
  run: {
    pause: 'Pause',
    quarter: '15 min',
    hour: '1 h',
    untilISay: 'Bis ich es sage',
    pauseFor: (what) => `Pause: ${what}`,
    finish: 'Fertig rechnen, dann anhalten',
    finishHint: 'Was läuft, wird fertig und gesendet, Neues wird nicht begonnen.',
  },
  earned: {
    unit: 'Credits in dieser Sitzung geprüft',
    balance: (amount) => `Guthaben ${amount}`,
    hourly: (low, high) => `≈ ${low} bis ${high} Credits pro Stunde hier, geschätzt`,
    computed: 'Berechnete Shards',
    verified: 'Geprüft',
    waiting: 'Abstimmung offen',
    outvoted: 'Überstimmt',
  },
  milestone: {
    title: 'Dein erster Shard ist geprüft',
    sentence: (amount) => `Ein anderes Gerät kam zur selben Antwort, also zählt er: +${amount} Credits.`,
    partOf: (title) => `Er gehört zu „${title}“, das du unten siehst.`,
  },
  job: {
    title: 'Wofür es ist',
    none: 'Der Auftraggeber hat nichts dazu geschrieben.',
    pays: (amount) => `${amount} Credits pro Shard`,
    pin: 'Diesen Auftrag bevorzugen',
    pinned: 'Bevorzugt',
    block: 'Nicht diesen Auftrag',
    blockRequester: (name) => `Nichts für ${name}`,
    blocked: 'Davon kommen keine Shards mehr hierher. Die Liste steht in den Einstellungen.',
    full: (most) => `Es können ${most} sein; entferne erst einen in den Einstellungen.`,
  },
  offers: {
    keepOpen: {
      title: 'Lass diesen Tab offen',
      sentence: 'Er rechnet hinter anderen Tabs und Fenstern weiter, so sanft, wie du es eingestellt hast, und hört auf, wenn du es sagst.',
      yes: 'Gut',
    },
    install: { title: 'Ein eigenes Fenster', sentence: 'Installiere Ostraka, und es ist deinen Tabs nicht im Weg.', yes: 'Installieren' },
    backup: {
      title: 'Behalte, was du verdienst',
      sentence:
        'Deine Credits gehören zu einem Schlüssel, der nur in diesem Browser lebt. Sichere ihn als Datei, verschlossen mit einer Passphrase.',
      yes: 'Sichern',
    },
    wallet: {
      title: 'Oder gib es einer Wallet',
      sentence: 'Verbinde eine, und alle Credits gehen einmal auf sie über. Auf eine Blockchain wird nichts gesendet.',
      yes: 'Wallet verbinden',
    },
    no: 'Nein, danke',
    installed: 'Installiert. Ostraka öffnet sich jetzt im eigenen Fenster.',
  },
  device: {
    title: 'Dieses Gerät',
    software: 'Software-GPU',
    connection: 'Verbindung',
    closed: 'nicht offen',
    rtc: 'WebRTC',
    rtcWhy: 'Direkt zum Koordinator.',
    ws: 'WebSocket',
    wsWhy: 'Die direkte Verbindung ging nicht auf; gleiche Arbeit, anderer Weg.',
    speed: 'Tempo',
    speedOf: (count) => `${count} Workgroups/s`,
    unmeasured: 'noch nicht gemessen',
    energy: 'Energie heute',
    energyOf: (wattHours) => `≈ ${wattHours} Wh`,
    energyHint: 'Geschätzt; was für ein Gerät es ist, steht in den Einstellungen.',
  },
  absence: {
    sentence: ({ kind, fromMs, toMs, balanceMicro }: Absence) =>
      `${ABSENCES[kind]}, ${formatDuration((toMs - fromMs) / 1_000)} lang; ${
        balanceMicro === null ? 'was berechnet war, ist sicher' : `${formatAmount(balanceMicro, 2)} Credits sind sicher`
      }.`,
    tip: 'Wie du diesen Tab wach hältst',
    dismiss: 'Verstanden',
  },
  feed: {
    title: 'Verlauf',
    empty: 'Der erste Shard erscheint hier in wenigen Sekunden.',
    item: sayItem,
  },
};
