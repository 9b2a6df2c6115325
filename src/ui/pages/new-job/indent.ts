// What the tab key does to a text and its selection.

export interface Selection {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const STEP = '  ';

/** Without a selection a step is typed; with one, or backwards, whole lines move. */
export function indent({ text, start, end }: Selection, isBack: boolean): Selection {
  if (!isBack && start === end) {
    return { text: text.slice(0, start) + STEP + text.slice(end), start: start + STEP.length, end: start + STEP.length };
  }
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const lines = text.slice(from, end).split('\n');
  const moved = lines.map((line) => (isBack ? line.replace(/^ {1,2}/, '') : STEP + line));
  const firstShift = moved[0]!.length - lines[0]!.length;
  const body = moved.join('\n');
  return { text: text.slice(0, from) + body + text.slice(end), start: Math.max(from, start + firstShift), end: from + body.length };
}
