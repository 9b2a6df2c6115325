// The widget's words in both languages: few enough to travel with it, so that the first question is asked in the right one.

const ENGLISH = {
  title: (domain: string) => `Lend ${domain} a little computing power?`,
  ask: (percent: number) =>
    `With your Yes, this frame uses up to ${percent} % of your graphics card and processor, only while you see it. Until then nothing runs and nothing is stored.`,
  split: (site: number, domain: string) => `What it earns is split: ${site} % for ${domain}, ${100 - site} % for you.`,
  example: 'Right now, for example:',
  by: (name: string) => `asked for by ${name}`,
  yes: 'Yes, lend',
  no: 'No, thanks',
  more: 'What is this?',
  declined: 'Fine. Nothing runs, and you are not asked again for a week.',
  starting: 'Starting …',
  working: 'Computing',
  waitingForWork: 'Waiting for work',
  notSeen: 'Resting: nobody sees this frame.',
  paused: 'Paused by this page.',
  otherTab: 'Another page of this site computes already; this one waits.',
  stopped: 'Stopped. Nothing runs, and your Yes is forgotten.',
  again: 'Start again',
  stop: 'Stop',
  load: 'Load',
  now: (percent: number) => `${percent} % now`,
  limited: (percent: number) => `This page allows at most ${percent} %.`,
  yours: (credits: string) => `Yours so far: ${credits} credits`,
  holds: {
    'on-battery': 'Your device runs on its battery.',
    'saving-data': 'Your browser is set to save data.',
    'few-cores': 'Your device has few processor cores.',
    phone: 'You are on a phone.',
  },
  hold: 'So nothing is computed.',
  overrule: 'Compute all the same',
  covered: 'Something lies over this frame. It starts only by a click on what you can see.',
  noSite: 'This widget names no site that is registered. Nothing runs.',
  ownPage: 'The widget runs only inside pages of other sites.',
  offline: 'The network behind this widget cannot be reached. Nothing runs.',
  retry: 'Try again',
  unsupported: 'This browser cannot compute here: the page must be opened over https.',
  noStorage: 'This browser closes its storage to frames of other sites, so nothing can be computed here.',
};

export type FrameWords = typeof ENGLISH;

const GERMAN: FrameWords = {
  title: (domain) => `${domain} etwas Rechenleistung leihen?`,
  ask: (percent) =>
    `Mit deinem Ja nutzt dieser Rahmen bis zu ${percent} % deiner Grafikkarte und deines Prozessors, nur solange du ihn siehst. Vorher läuft nichts und nichts wird gespeichert.`,
  split: (site, domain) => `Der Ertrag wird geteilt: ${site} % für ${domain}, ${100 - site} % für dich.`,
  example: 'Gerade jetzt zum Beispiel:',
  by: (name) => `beauftragt von ${name}`,
  yes: 'Ja, leihen',
  no: 'Nein, danke',
  more: 'Was ist das?',
  declined: 'Gut. Nichts läuft, und du wirst eine Woche lang nicht mehr gefragt.',
  starting: 'Startet …',
  working: 'Rechnet',
  waitingForWork: 'Wartet auf Arbeit',
  notSeen: 'Ruht: Niemand sieht diesen Rahmen.',
  paused: 'Von dieser Seite angehalten.',
  otherTab: 'Eine andere Seite dieser Website rechnet schon; diese hier wartet.',
  stopped: 'Beendet. Nichts läuft, und dein Ja ist vergessen.',
  again: 'Wieder starten',
  stop: 'Stopp',
  load: 'Last',
  now: (percent) => `jetzt ${percent} %`,
  limited: (percent) => `Diese Seite erlaubt höchstens ${percent} %.`,
  yours: (credits) => `Bisher für dich: ${credits} Credits`,
  holds: {
    'on-battery': 'Dein Gerät läuft im Akkubetrieb.',
    'saving-data': 'Dein Browser soll Daten sparen.',
    'few-cores': 'Dein Gerät hat wenige Prozessorkerne.',
    phone: 'Du bist an einem Telefon.',
  },
  hold: 'Darum wird nicht gerechnet.',
  overrule: 'Trotzdem rechnen',
  covered: 'Etwas liegt über diesem Rahmen. Er startet nur durch einen Klick auf das, was du siehst.',
  noSite: 'Dieses Widget nennt keine angemeldete Website. Nichts läuft.',
  ownPage: 'Das Widget läuft nur in Seiten anderer Websites.',
  offline: 'Das Netzwerk hinter diesem Widget ist nicht erreichbar. Nichts läuft.',
  retry: 'Noch einmal',
  unsupported: 'Dieser Browser kann hier nicht rechnen: Die Seite muss über https geöffnet sein.',
  noStorage: 'Dieser Browser verschließt seinen Speicher vor Rahmen anderer Websites, darum kann hier nicht gerechnet werden.',
};

export function wordsOf(lang: 'en' | 'de'): FrameWords {
  return lang === 'de' ? GERMAN : ENGLISH;
}
