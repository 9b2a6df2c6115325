// What this device is doing, in German.
import type { ContributorIdleReason, RuleName } from '../../contributor/state.ts';
import type { ContributorWords } from './contributor-words.ts';
import type { Translation } from './words.ts';

const HEADLINES: Readonly<Record<RuleName, string>> = {
  paused: 'Pausiert',
  'paused-until': 'Eine Weile pausiert',
  'engines-off': 'Ausgeschaltet',
  'no-gpu': 'Keine GPU nutzbar',
  'on-battery': 'Ruht: Akkubetrieb',
  'outside-hours': 'Ruht: außerhalb deiner Zeiten',
  'data-cap': 'Ruht: Tagesdaten verbraucht',
  'user-active': 'Ruht: Gerät in Benutzung',
  finishing: 'Wird fertig',
};

const SENTENCES: Readonly<Record<ContributorIdleReason, string>> = {
  'no-jobs': 'Gerade hat niemand etwas angefragt; der nächste Auftrag beginnt von selbst.',
  'nothing-for-this-engine': 'Die Aufträge dieses Moments brauchen eine Recheneinheit, die dieses Gerät nicht hat.',
  'all-handed-out': 'Jeder Shard ist schon bei einem anderen Gerät; neue kommen, sobald Ergebnisse eintreffen.',
  'one-copy-an-account': 'Die übrigen Shards hat dieses Konto schon berechnet, und eine zweite Meinung muss von jemand anderem kommen.',
  'one-copy-an-address':
    'Die übrigen Shards wurden schon über diesen Internetanschluss berechnet, und eine zweite Meinung muss von anderswo kommen.',
  draining: 'Der Koordinator startet gleich neu und gibt nichts mehr aus; danach geht es von selbst weiter.',
  'storage-low': 'Dem Koordinator fehlt Speicherplatz; er gibt nichts aus, bis wieder Platz ist.',
  'too-many-in-flight': 'Dieses Gerät hält so viele Shards, wie es darf; mehr kommen, wenn der Koordinator einige erhalten hat.',
  overloaded: 'Der Koordinator hat gerade mehr Ergebnisse, als er aufschreiben kann; gleich gibt er wieder mehr aus.',
  'failed-too-often': 'Dieses Gerät ist an diesen Aufträgen zu oft gescheitert, deshalb gehen sie an andere.',
  'nothing-you-like': 'Es gibt Arbeit, aber keine, die zu dem passt, was du bevorzugst, ausschließt oder dafür verlangst.',
  paused: 'Pausiert. Deine Credits sind sicher, und nichts wird berechnet, bis du fortsetzt.',
  'paused-until': 'Eine Weile pausiert. Deine Credits sind sicher, und wenn die Zeit um ist, geht es von selbst weiter.',
  'engines-off': 'GPU und CPU sind hier beide ausgeschaltet; schalte eine davon ein, um zu rechnen.',
  'no-gpu':
    'Die GPU ist nicht nutzbar und die CPU ausgeschaltet; schalte die CPU ein oder lade die Seite neu, um die GPU noch einmal anzufragen.',
  'on-battery': 'Dieses Gerät läuft auf Akku; es geht weiter, sobald es lädt oder du fortsetzt.',
  'outside-hours': 'Außerhalb der Zeiten, die du gesetzt hast; es geht weiter, wenn sie beginnen.',
  'data-cap': 'Das Datenvolumen des Tages ist verbraucht; es geht nach Mitternacht weiter oder mit einer höheren Grenze.',
  'user-active': 'Jemand benutzt dieses Gerät; es geht weiter, wenn es eine Weile still war.',
  finishing: 'Was läuft, wird fertig gerechnet und gesendet, Neues wird nicht begonnen, dann ist Schluss.',
  'pending-reconnect': 'Der Koordinator startet neu; dieses Gerät kommt von selbst wieder.',
  asking: 'Der Koordinator wird nach Arbeit gefragt.',
  'loading-inputs': 'Was der nächste Shard braucht, wird geholt.',
};

export const GERMAN: Translation<ContributorWords> = {
  off: 'Aus',
  offSentence: 'Auf diesem Gerät läuft nichts.',
  starting: 'Beginnt',
  steps: {
    account: 'In diesem Browser entsteht ein Gastschlüssel.',
    engine: 'Eine GPU wird gesucht und gemessen.',
    connecting: 'Die Verbindung zum Koordinator wird geöffnet.',
  },
  computing: 'Rechnet',
  someShard: 'Ein Shard läuft.',
  shard: (index, title, others) => `Shard ${index} von „${title}“${others > 0 ? ` und ${others} weitere` : ''}.`,
  waiting: 'Wartet auf Arbeit',
  idle: (reason) => SENTENCES[reason],
  rule: (name) => HEADLINES[name],
  nextTry: (seconds) => `Nächster Versuch in ${seconds} s.`,
  untilSoon: (seconds) => `Wird in ${seconds} s wieder geprüft.`,
  until: (moment) => `Bis ${moment}.`,
  reconnecting: 'Verbindet neu',
  unreachable: 'Der Koordinator ist nicht erreichbar. Ergebnisse bleiben hier und werden später gesendet.',
  otherTab: 'Läuft in einem anderen Tab',
  otherTabSentence: 'Ein Tab rechnet für das ganze Gerät; dieser zeigt, was er tut.',
  insecure: 'Hier nicht möglich',
  stopped: 'Angehalten',
  brief: {
    off: 'Aus',
    starting: 'Beginnt',
    computing: 'Rechnet',
    waiting: 'Wartet',
    paused: 'Pausiert',
    resting: 'Ruht',
    finishing: 'Wird fertig',
    reconnecting: 'Verbindet',
    otherTab: 'Anderer Tab',
    insecure: 'Unmöglich',
    stopped: 'Angehalten',
  },
};
