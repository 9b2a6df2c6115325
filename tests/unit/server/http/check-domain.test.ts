// Asking a domain: a real server on loopback answers; whatever leads into a private network is not asked at all.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createDomainChecker, MAX_CHECKS_AT_ONCE } from '../../../../server/http/check-domain.ts';
import { PROOF_FILE_MAX_BYTES, PROOF_PATH } from '../../../../server/http/judge-proof.ts';

const CODE = 'the-code';
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** The domain of a site on this machine. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const here = createDomainChecker({ isLoopbackOnly: true, timeoutMs: 300 });
const check = (domain: string) => here.check({ domain, code: CODE });

test('a file on this machine proves a site on this machine', async () => {
  const asked: string[] = [];
  const domain = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end(`ostraka-site=${CODE}\n`);
  });
  expect(await check(domain)).toEqual({ proof: 'file', refusal: null });
  expect(asked).toEqual([PROOF_PATH]);
});

test('a redirect is followed within the same host, twice and no more', async () => {
  const redirectTimes = (times: number) =>
    serve((request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('n') ?? 0);
      if (at >= times) response.end(CODE);
      else response.writeHead(302, { Location: `${PROOF_PATH}?n=${at + 1}` }).end();
    });
  expect((await check(await redirectTimes(2))).proof).toBe('file');
  expect((await check(await redirectTimes(3))).refusal).toMatch(/redirected more than 2 times/);
});

test('a redirect to another host proves nothing: that one would be proved instead', async () => {
  const reached = vi.fn();
  const other = await serve((_, response) => {
    reached();
    response.end(CODE);
  });
  const domain = await serve((_, response) => response.writeHead(302, { Location: `http://${other}${PROOF_PATH}` }).end());
  expect((await check(domain)).refusal).toMatch(/leads to another site/);
  expect(reached).not.toHaveBeenCalled();
});

test('a file of 4,096 bytes is read, one of 4,097 is not', async () => {
  const fill = (bytes: number) => serve((_, response) => response.end(`${CODE}\n`.padEnd(bytes, 'x')));
  expect((await check(await fill(PROOF_FILE_MAX_BYTES))).proof).toBe('file');
  expect((await check(await fill(PROOF_FILE_MAX_BYTES + 1))).refusal).toMatch(/larger than 4096 bytes/);
});

test('a domain that never ends its answer is given up', async () => {
  const domain = await serve((_, response) => {
    response.write('x');
  });
  expect((await check(domain)).refusal).toMatch(/did not come within/);
});

test('another answer than 200 is named', async () => {
  expect((await check(await serve((_, response) => response.writeHead(404).end(CODE)))).refusal).toMatch(/answered with 404/);
});

test('a closed port is named', async () => {
  const domain = await serve(() => undefined);
  closers.splice(0).forEach((close) => close());
  expect((await check(domain)).refusal).toMatch(/ECONNREFUSED/);
});

test('a name that leads into a private network is not asked, whoever it belongs to', async () => {
  const reached = vi.fn();
  const port = (await serve(reached)).split(':')[1];
  const findRecords = async () => [];
  for (const address of ['127.0.0.1', '169.254.169.254', '10.0.0.1', '::1', '::ffff:127.0.0.1']) {
    const findAddresses = async () => [
      { address: '8.8.8.8', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 },
    ];
    const checker = createDomainChecker({ isLoopbackOnly: false, findRecords, findAddresses, timeoutMs: 300 });
    expect((await checker.check({ domain: `example.com:${port}`, code: CODE })).refusal).toMatch(/leads into a private network/);
  }
  // Nor may a site be on this machine where others can reach the coordinator.
  const open = createDomainChecker({ isLoopbackOnly: false, findRecords, timeoutMs: 300 });
  expect((await open.check({ domain: `127.0.0.1:${port}`, code: CODE })).refusal).toMatch(/private network/);
  expect(reached).not.toHaveBeenCalled();
});

test('a TXT record in several parts proves a domain', async () => {
  const findAddresses = async () => [];
  const findRecords = async () => [['v=spf1 -all'], ['ostraka-', `site=${CODE}`]];
  const checker = createDomainChecker({ isLoopbackOnly: false, findRecords, findAddresses });
  expect(await checker.check({ domain: 'example.com', code: CODE })).toEqual({ proof: 'dns', refusal: null });
});

test(`${MAX_CHECKS_AT_ONCE} domains are asked at once and no more, each question once`, async () => {
  let asked = 0;
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const findRecords = async (): Promise<readonly (readonly string[])[]> => {
    asked += 1;
    await answered;
    return [[`ostraka-site=${CODE}`]];
  };
  const checker = createDomainChecker({ isLoopbackOnly: false, findRecords, findAddresses: async () => [] });
  const ask = (at: number) => checker.check({ domain: `s${at}.example.com`, code: CODE });
  const all = Array.from({ length: MAX_CHECKS_AT_ONCE }, (_, at) => ask(at));
  const again = ask(0);
  await expect(ask(MAX_CHECKS_AT_ONCE)).rejects.toMatchObject({ code: 'too-many-requests' });
  expect(asked).toBe(MAX_CHECKS_AT_ONCE);
  answer();
  expect(await again).toEqual({ proof: 'dns', refusal: null });
  expect((await Promise.all(all)).every(({ proof }) => proof === 'dns')).toBe(true);
  expect((await ask(MAX_CHECKS_AT_ONCE)).proof).toBe('dns');
});

test('name servers that do not answer are given up', async () => {
  const checker = createDomainChecker({
    isLoopbackOnly: false,
    findRecords: () => new Promise(() => undefined),
    findAddresses: async () => [],
    timeoutMs: 50,
  });
  expect((await checker.check({ domain: 'example.com', code: CODE })).refusal).toMatch(/name servers did not answer/);
});
