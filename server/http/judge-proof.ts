// PURE. Whether what was found at a domain proves that it is the site's: a TXT record or a file that holds the site's code.
import type { SiteProof } from '../../src/protocol/api-sites.ts';

export const PROOF_PATH = '/.well-known/ostraka-site.txt';
export const PROOF_FILE_MAX_BYTES = 4_096;

/** What a lookup or a fetch ended in. */
export type Found<Value> = { readonly value: Value } | { readonly failure: string };

export interface Findings {
  /** Null where nobody was asked: names of this machine have no records. */
  readonly records: Found<readonly string[]> | null;
  readonly file: Found<string>;
}

export type ProofVerdict =
  | { readonly proof: SiteProof; readonly refusal: null }
  | { readonly proof: null /** One sentence for the owner. */; readonly refusal: string };

export function makeRecord(code: string): string {
  return `ostraka-site=${code}`;
}

export function judgeProof({ records, file }: Findings, code: string, domain: string): ProofVerdict {
  if (records !== null && 'value' in records && records.value.some((record) => isProof(record, code)))
    return { proof: 'dns', refusal: null };
  if ('value' in file && file.value.split(/\r?\n/).some((line) => isProof(line, code))) return { proof: 'file', refusal: null };
  const said = [...(records === null ? [] : [describeRecords(records, domain)]), describeFile(file)];
  return { proof: null, refusal: `${said.join(', and ').replace(/^the /, 'The ')}.` };
}

/** The code by itself too: in a file there is nothing else to tell it from. */
function isProof(line: string, code: string): boolean {
  const text = line.trim().replace(/^"|"$/g, '');
  return text === makeRecord(code) || text === code;
}

function describeRecords(records: Found<readonly string[]>, domain: string): string {
  if ('failure' in records) return `the TXT records of ${domain} ${records.failure}`;
  const old = records.value.filter((record) => record.includes('ostraka-site=')).length;
  if (old > 0) return `the TXT record of ${domain} holds another code`;
  return `${domain} has ${records.value.length === 0 ? 'no TXT record' : `no such record among its ${records.value.length} TXT records`}`;
}

function describeFile(file: Found<string>): string {
  return 'failure' in file ? `the file ${file.failure}` : `the file at ${PROOF_PATH} does not hold the code`;
}
