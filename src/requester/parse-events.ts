// Reads a stream of server-sent events as it arrives in pieces; knows `data:` lines, skips comments and everything else.

/** Feed it text as it comes; it calls with the data of each whole event. */
export function createEventParser(onData: (data: string) => void): (text: string) => void {
  let rest = '';
  let data: string[] = [];
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      if (line !== '' || data.length === 0) continue;
      const whole = data.join('\n');
      data = [];
      onData(whole);
    }
  };
}
