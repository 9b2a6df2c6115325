// Was die Seite Security sagt, auf Deutsch.
import type { SecurityWords } from './words.ts';

export const GERMAN: SecurityWords = {
  title: 'Für Sicherheitsleute',
  description:
    'Was das Ostraka-Widget auf einer Seite tut, woraus es besteht, was es wann speichert, welche Adressen es fragt und wie man es sperrt.',
  lead: 'Du hast auf einer Seite ein Skript oder einen Rahmen von dieser Adresse gefunden und willst wissen, was das tut. Hier steht es, je Build, auch zum Drucken.',
  short: {
    title: 'Kurz gesagt',
    items: [
      'Das Skript setzt einen Rahmen dieses Ursprungs auf die Seite und reicht ihm Nachrichten weiter. Es rechnet nichts und speichert nichts.',
      'Der Rahmen fragt. Bis zu einem Ja, das ein Mensch in ihm drückt, wird Code, der rechnet, nicht einmal geladen, und nichts wird gespeichert.',
      'Nach dem Ja laufen kleine Programme (WebGPU oder WebAssembly), die offen eingereicht und vorher geprüft wurden. Münzen schürft es nicht.',
      'Es hört auf, wenn weniger als die Hälfte zu sehen ist, in verborgenen Tabs, im Akkubetrieb und bei Stopp. Danach beginnt es nie von selbst wieder.',
    ],
  },
  host: {
    title: 'Was die Seite darum herum kann und was nicht',
    items: [
      'Sie kann das Widget nicht starten und für niemanden ja sagen: Der Klick muss echt sein, im Rahmen, auf etwas, das eine halbe Sekunde frei zu sehen war.',
      'Sie kann die Last senken und nie über das heben, was der Besuch eingestellt hat; niemand kommt über 60 %.',
      'Sie kann anhalten und beenden.',
      'Sie erfährt den Zustand und die Last in Prozent. Schlüssel, Konto und Credits des Besuchs erfährt sie nicht.',
      'Der Rahmen ist von anderem Ursprung und im Sandkasten (Skripte, eigener Ursprung, Links in neuen Tabs); auf unserer eigenen Website und allein läuft er nicht.',
    ],
  },
  stored: {
    title: 'Was wann gespeichert wird',
    before: 'Vor einer Antwort',
    beforeText: 'Im Browser nichts. Der Server zählt je Website und Tag, dass ein Rahmen angefragt wurde, ohne Kennung.',
    yes: 'Nach Ja',
    yesText:
      'Die Antwort mit ihrer Zeit (24 Stunden), ein Signaturschlüssel, der nicht kopiert werden kann, noch nicht gesendete Ergebnisse und Eingaben von Aufträgen: alles in diesem Browser, für diese Website getrennt. Der Server führt ein Konto für den Schlüssel und was er verdient hat.',
    no: 'Nach Nein',
    noText: 'Die Antwort mit ihrer Zeit, sieben Tage lang, damit niemand noch einmal gefragt wird.',
    stop: 'Nach Stopp',
    stopText: 'Das Ja wird gelöscht. Der Schlüssel bleibt, denn was er verdient hat, gehört ihm; mit den Websitedaten verschwindet er.',
  },
  files: {
    title: 'Woraus es besteht',
    sentence: (build) => `Build ${build}. Für alle dieselben Dateien; ihre Namen tragen Prüfsummen.`,
    loading: 'Die Liste der Dateien wird geladen',
    when: { loader: 'auf der Seite', before: 'im Rahmen, vor dem Ja', after: 'erst nach dem Ja' },
    file: 'Datei',
    role: 'Wann',
    size: 'Bytes',
    gzip: 'gzip',
    integrity: 'Prüfsumme',
    pin: 'Um das Skript festzuhalten, nimm seinen Namen mit Prüfsumme und den integrity-Wert:',
  },
  addresses: {
    title: 'Adressen, die es fragt',
    sentence: 'Alle an diesem Ursprung. Es gibt keine Dritten, keine Werbung, keinen Fingerabdruck.',
    rows: {
      loader: 'das Skript',
      frame: 'die Seite des Rahmens; hier werden Aufrufe gezählt',
      widget: 'der Name der Website, die Teilung, ein Auftrag als Beispiel',
      answers: 'Ja, Nein: gezählt',
      session: 'nach Ja: eine Aufgabe wird signiert, ein Token kommt zurück',
      minutes: 'während es läuft: eine je Minute',
      transport: 'nach Ja: Zuteilungen und Ergebnisse',
      blobs: 'nach Ja: Programme und Eingaben, jede gegen ihr SHA-256 geprüft',
    },
  },
  headers: {
    title: 'Kopfzeilen',
    page: 'Eine Seite mit Richtlinie erlaubt es mit:',
    frame: 'Der Rahmen wird ausgeliefert mit:',
  },
  block: {
    title: 'Wie man es sperrt',
    sentence: 'Sperre diesen Ursprung oder diese zwei Pfade. Namen und Pfade ändern sich nicht, um Listen zu umgehen.',
  },
  money: {
    title: 'Wer etwas davon hat',
    sentence: (percent) =>
      `Jedes geprüfte Stück Arbeit wird in Credits dieses Netzwerks bezahlt: ${percent} % an die Website, der Rest an den Besuch. Die Teilung steht vor dem Ja da. Eine Website wird erst bezahlt, wenn ihre Domain nachgewiesen ist.`,
  },
  contact: {
    title: 'Kontakt',
    to: 'Schreibe an',
    none: 'Der Betrieb dieses Koordinators hat keinen Kontakt genannt. Die Adresse dieser Seite nennt den Betrieb.',
    file: 'Dasselbe in security.txt',
  },
  print: 'Drucken',
};
