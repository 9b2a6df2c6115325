// Abuse that would need a certain line of code, and the proof that there is no such line. This page is also the list of what is tried where.
//
// | abuse                                            | where it is tried and refused                                                          |
// | ------------------------------------------------ | -------------------------------------------------------------------------------------- |
// | replayed challenge and SIWE nonce                | server/http/session.test.ts (`cannot use a challenge twice`, `cannot be replayed`)      |
// | replayed and expired ticket                      | server/gateway/tickets.test.ts, upgrade.test.ts (`refuses it the second time`)          |
// | squatted peer id                                 | upgrade.test.ts (`for that very id`), tickets.test.ts (`spent by a wrong peer too`)     |
// | forged or altered assignment, someone else’s     | abuse/assignments.test.ts; server/coordinator/vote-and-pay.test.ts                      |
// | expired assignment                               | vote-and-pay.test.ts (`more than ten minutes after its lease`)                          |
// | a result sent many times                         | abuse/assignments.test.ts; server/coordinator/resent-results.test.ts                    |
// | bytes withheld after a vote                      | server/coordinator/asking-for-bytes.test.ts, vote-and-pay.test.ts, stranded-shards      |
// | double submit of one balance or one quote        | abuse/money.test.ts; server/storage/journal.test.ts                                     |
// | the last result against a cancellation           | abuse/money.test.ts                                                                    |
// | grant farming                                    | abuse/money.test.ts; account-store.test.ts, grant-policy.test.ts; door.test.ts (rates)  |
// | oversized blob                                   | server/http/over-sockets.test.ts (`64 MiB go in, a byte more does not`)                 |
// | decompressing body, compressed socket            | abuse/doors.test.ts                                                                    |
// | header that claims gigabytes                     | abuse/fuzz-wire.test.ts                                                                |
// | path tricks in digests                           | abuse/doors.test.ts; server/http/blobs.test.ts, server/blobs/blob-store.test.ts         |
// | prototype keys in JSON and MessagePack           | abuse/doors.test.ts, abuse/fuzz-gates.test.ts; server/http/jobs.test.ts                 |
// | script in a job’s texts                          | abuse/doors.test.ts, below, browser/script-in-title.test.ts                            |
// | cross-origin calls and upgrades                  | server/http/door.test.ts, server/gateway/upgrade.test.ts                                |
// | fetches to private addresses                     | below: one door out, server/http/check-domain.test.ts; rtc: server/gateway/signalling.test.ts |
// | noise on every gate, and beside honest work      | abuse/fuzz-*.test.ts; a million cases in `npm run test:long`                            |
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSourceFiles, type SourceFile } from '../../support/source-rules.ts';

const files = listSourceFiles(dirname(dirname(dirname(import.meta.dirname))));
const codeOf = ({ text }: SourceFile): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

interface Finding {
  readonly path: string;
  readonly line: string;
}

function findLines(sources: readonly SourceFile[], pattern: RegExp): readonly Finding[] {
  return sources.flatMap((file) =>
    codeOf(file)
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => ({ path: file.path, line: line.trim() })),
  );
}

/** What opens a connection to an address: a URL that a user names would have to go through one of these. */
const OUTGOING =
  /(?<![\w.])fetch\(|globalThis\.fetch|\bhttps?\.(request|get)\(|\b(net|tls|http2)\.connect\(|\bcreateConnection\(|new WebSocket\(|new EventSource\(|from 'node:(dns|dns\/promises|http2)'|from '(undici|axios|got|node-fetch)'|\b(JsonRpcProvider|WebSocketProvider|createPublicClient|createWalletClient|getDefaultProvider)\b|import \{[^}]*\b(connect|request|get)\b[^}]*\} from 'node:(net|tls|http|https)'/;
/** Asks a site's domain for its proof, and judges every address first: tests/unit/server/http/check-domain.test.ts. */
const DOOR = 'server/http/check-domain.ts';

describe('the server fetches nothing', () => {
  const server = files.filter(({ path }) => path.startsWith('server/'));

  // the one address it dials is its database’s, through `pg`, and the operator names that
  it('that a user names, but a domain’s proof through the one door that is guarded', () => {
    expect(server.length).toBeGreaterThan(100);
    expect([...new Set(findLines(server, OUTGOING).map(({ path }) => path))]).toEqual([DOOR]);
  });

  it.each([
    'const answer = await fetch(spec.inputs.data.url);',
    'https.get(webhook, () => {});',
    "import { connect } from 'node:net';",
    'const provider = new JsonRpcProvider(url);',
    'const socket = new WebSocket(url);',
    'globalThis.fetch(url)',
  ])('and this would be found: %s', (line) => {
    expect(findLines([{ path: 'server/http/a.ts', text: line }], OUTGOING)).toHaveLength(1);
  });
});

/** What turns text into markup or code. */
const MARKUP =
  /\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|setHTMLUnsafe|createContextualFragment)\b|document\.write|\beval\(|new Function\(/;

describe('the app shows texts as texts', () => {
  it('there is no line that makes markup or code of them', () => {
    const app = files.filter(({ path }) => path.startsWith('src/'));
    expect(app.length).toBeGreaterThan(100);
    expect(findLines(app, MARKUP)).toEqual([]);
  });

  it('links lead where the app says, not where a job says', () => {
    const links = findLines(
      files.filter(({ path }) => path.startsWith('src/ui/')),
      /href=\{(?!['"`][/#]|[\w.()]*(route|path|href|url)\b)/i,
    );
    expect(links.filter(({ line }) => /title|description|template|name/.test(line))).toEqual([]);
  });

  it.each(['<p innerHTML={job.title} />', 'eval(spec)', 'frame.srcdoc = text'])('and this would be found: %s', (line) => {
    expect(findLines([{ path: 'src/ui/a.tsx', text: line }], MARKUP)).toHaveLength(1);
  });
});
