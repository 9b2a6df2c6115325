// The operator's rules: who may, what a reason is, what a banned device is told, what everyone may know of a device.
import { describe, expect, test } from 'vitest';
import { makeBanFault, makeCancelReason } from '../../../../server/operator/ban-fault.ts';
import { classifyDevice, describeEngine, startOfDay } from '../../../../server/operator/describe-device.ts';
import { judgeOperator, type OperatorProof } from '../../../../server/operator/judge-operator.ts';
import { parseReason } from '../../../../server/operator/parse-reason.ts';
import { isFinalFault } from '../../../../src/contributor/hold-connection.ts';
import { OPERATOR_LIMITS } from '../../../../src/protocol/api-operator.ts';
import type { DeviceId } from '../../../../src/protocol/ids.ts';
import type { Capabilities } from '../../../../src/protocol/messages.ts';

const WALLET = '0xA51c1fc2f0D1a1b8494Ed1FE312d7C3a78Ed91C0';
const LISTED = [WALLET.toLowerCase()];
const { sessionMs, reasonLetters } = OPERATOR_LIMITS;

describe('who may act', () => {
  const proof: OperatorProof = { wallet: WALLET, signedBy: 'wallet', createdAtMs: 1_000 };

  test('a listed wallet, in any case of letters, until its twelve hours are over', () => {
    expect(judgeOperator(LISTED, proof, 1_000)).toEqual({ kind: 'operator', wallet: WALLET, untilMs: 1_000 + sessionMs });
    expect(judgeOperator(LISTED, proof, 1_000 + sessionMs - 1).kind).toBe('operator');
    expect(judgeOperator(LISTED, proof, 1_000 + sessionMs)).toMatchObject({ kind: 'refused', why: 'too-old' });
  });

  test.each([
    ['nobody', LISTED, null],
    ['none-configured', [], proof],
    ['not-a-wallet', LISTED, { ...proof, wallet: null }],
    ['not-a-wallet', LISTED, { ...proof, signedBy: 'key' }],
    ['not-listed', ['0x00'], proof],
    // a stranger is not told how the wallet should have signed
    ['not-listed', ['0x00'], { ...proof, signedBy: 'key' }],
  ] as const)('not: %s', (why, operators, given) => {
    const me = judgeOperator(operators, given, 2_000);
    expect(me).toMatchObject({ kind: 'refused', why, fault: { facts: { why } } });
  });
});

describe('a reason', () => {
  test('is one line of text of three to three hundred letters', () => {
    expect(parseReason('  spam\n\tand   lies ')).toBe('spam and lies');
    expect(parseReason('a'.repeat(reasonLetters.min))).toHaveLength(reasonLetters.min);
    expect(parseReason('ä'.repeat(reasonLetters.max))).toHaveLength(reasonLetters.max);
    for (const text of ['', 'ab', '12 34 56', '   ', 'a'.repeat(reasonLetters.max + 1)]) {
      expect(() => parseReason(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
    }
  });

  test('cannot forge a line of the log, nor turn its text around', () => {
    expect(parseReason('fine\u0000\u001b[31m\u202Eevil\u2028line')).toBe('fine [31m evil line');
  });
});

describe('a banned device', () => {
  test('is told why and how to appeal, by a fault that is final for every contributor', () => {
    const fault = makeBanFault({ device: 7 as DeviceId, reason: 'It lies', contact: 'mailto:ops@example.org' });
    expect(fault.sentence).toBe('This device was banned by the operator: It lies. To appeal, write to ops@example.org and name device 7.');
    expect(isFinalFault(fault.code)).toBe(true);
    expect(makeBanFault({ device: 7 as DeviceId, reason: 'Why not?', contact: null }).sentence).toContain(
      'Why not? To appeal, write to the operator',
    );
  });

  test('and an ended job says who ended it', () => {
    expect(makeCancelReason('asked by mail')).toMatchObject({ code: 'cancelled', sentence: expect.stringContaining('asked by mail.') });
  });
});

describe('what everyone may know of a device', () => {
  const having = (label: string | null, isFallback = false): Capabilities => ({
    threads: 8,
    engines: [
      ...(label === null ? [] : [{ kind: 'gpu' as const, label, isFallback, maxBufferBytes: 1 }]),
      { kind: 'cpu', label: 'a very special 128-core machine', isFallback: false, maxBufferBytes: 1 },
    ],
  });

  test.each([
    ['NVIDIA GeForce RTX 4090 (serial 7781)', 'NVIDIA GPU'],
    ['apple metal-3', 'Apple GPU'],
    ['intel gen-12lp', 'Intel GPU'],
    ['AMD Radeon RX 6800', 'AMD GPU'],
    ['qualcomm adreno-7xx', 'Qualcomm GPU'],
    ['Google SwiftShader', 'software GPU'],
    ['my own one', 'GPU'],
  ])('of %s: %s', (label, told) => {
    expect(describeEngine(having(label))).toEqual({ engine: 'gpu', label: told });
  });

  test('a fallback is software, and a processor is a processor', () => {
    expect(describeEngine(having('intel', true)).label).toBe('software GPU');
    expect(describeEngine(having(null))).toEqual({ engine: 'cpu', label: 'CPU' });
  });

  test('its kind, and the day of its first visit', () => {
    expect(classifyDevice('house', having(null))).toBe('house');
    expect(classifyDevice('headless', having(null))).toBe('headless');
    expect(classifyDevice('guest', having('ARM Mali-G710'))).toBe('phone');
    expect(classifyDevice('wallet', having('apple'))).toBe('computer');
    expect(startOfDay(Date.UTC(2030, 4, 5, 23, 59))).toBe(Date.UTC(2030, 4, 5));
  });
});
