// Which names a site may be registered under, which addresses the coordinator may ask, and what of a domain's answer is a proof.
import { describe, expect, test } from 'vitest';
import { judgeProof, makeRecord } from '../../../../server/http/judge-proof.ts';
import { isPublicAddress } from '../../../../server/http/public-address.ts';
import { isHostOfSite, parseSiteDomain } from '../../../../server/http/site-domain.ts';

const OPEN = { isLoopbackOnly: false };
const HERE = { isLoopbackOnly: true };

describe('a domain', () => {
  test.each([
    ['example.com', 'example.com'],
    ['  Example.COM. ', 'example.com'],
    ['https://www.example.co.uk/blog?x=1', 'www.example.co.uk'],
    ['bücher.de', 'xn--bcher-kva.de'],
    ['example.com:8443', 'example.com'],
    [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`],
  ])('%s is %s', (text, domain) => expect(parseSiteDomain(text, OPEN)).toBe(domain));

  test.each([
    'com',
    '',
    'not a domain',
    'exa_mple.com',
    '192.168.0.1',
    '8.8.8.8',
    '0x7f.1',
    '2130706433',
    '[::1]',
    'user@example.com',
    'printer.local',
    'db.internal',
    'router.lan',
    'site.example',
    'hidden.onion',
    'localhost',
    '127.0.0.1:3000',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(127)}com`,
  ])('%j is refused in a sentence', (text) => expect(() => parseSiteDomain(text, OPEN)).toThrow(/\.$/));

  test.each([
    ['localhost:3000', 'localhost:3000'],
    ['http://127.0.0.1:3000/x', '127.0.0.1:3000'],
    ['localhost', 'localhost'],
  ])('on one machine %s is %s', (text, domain) => expect(parseSiteDomain(text, HERE)).toBe(domain));

  test.each([
    ['example.com', 'example.com', true],
    ['blog.example.com', 'example.com', true],
    ['example.com:8443', 'example.com', true],
    ['badexample.com', 'example.com', false],
    ['example.com.evil.net', 'example.com', false],
    ['com', 'example.com', false],
    ['localhost:3000', 'localhost:3000', true],
    ['localhost:3001', 'localhost:3000', false],
    ['localhost:3001', 'localhost', true],
    ['a.localhost', 'localhost', false],
  ])('a page on %s belongs to %s: %s', (host, domain, is) => expect(isHostOfSite(host, domain)).toBe(is));
});

describe('an address', () => {
  test.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0', '223.255.255.255', '2606:4700::1111'])(
    '%s is of the open internet',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
  test.each([
    ...['0.0.0.0', '10.0.0.1', '100.64.0.0', '100.127.255.255', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.0'],
    ...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.9'],
    ...['224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.1.2.3', '64:ff9b::7f00:1'],
    ...['64:ff9b::10.0.0.1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '2001::1'],
    ...['3fff::1', '4000::1', 'localhost', '', '127.1', '0x7f000001'],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(['::ffff:8.8.8.8', '64:ff9b::808:808'])('%s is what it carries', (address) => expect(isPublicAddress(address)).toBe(true));
});

describe('a proof', () => {
  const CODE = 'aBc-123';
  const nothing = { failure: 'at https://example.com/x was answered with 404' };
  test.each([
    [{ records: { value: ['v=spf1', makeRecord(CODE)] }, file: nothing }, 'dns'],
    [{ records: { value: [`"${makeRecord(CODE)}"`] }, file: nothing }, 'dns'],
    [{ records: { value: [] }, file: { value: `${CODE}\n` } }, 'file'],
    [{ records: null, file: { value: `# mine\r\n${makeRecord(CODE)}\r\n` } }, 'file'],
    [{ records: { failure: 'could not be read' }, file: { value: CODE } }, 'file'],
  ] as const)('%o is %s', (findings, proof) => expect(judgeProof(findings, CODE, 'example.com')).toEqual({ proof, refusal: null }));

  test.each([
    [{ records: { value: [] }, file: nothing }, /^example\.com has no TXT record, and the file at .* was answered with 404\.$/],
    [{ records: { value: [makeRecord('other')] }, file: nothing }, /holds another code/],
    [
      { records: { value: ['v=spf1'] }, file: { value: 'hello' } },
      /no such record among its 1 TXT records, and the file at .* does not hold the code/,
    ],
    [{ records: { value: [`x${makeRecord(CODE)}`] }, file: { value: `${CODE}x` } }, /another code/],
    [{ records: null, file: nothing }, /^The file at/],
  ] as const)('%o is none, and says why', (findings, sentence) => {
    const { proof, refusal } = judgeProof(findings, CODE, 'example.com');
    expect(proof).toBeNull();
    expect(refusal).toMatch(sentence);
  });
});
