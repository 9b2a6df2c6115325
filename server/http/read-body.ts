// Reads a request's body up to a limit and no further.
import * as v from 'valibot';
import { Fault } from '../../src/protocol/fault.ts';
import type { HttpContext } from './context.ts';
import { parseJson } from './parse-json.ts';

export async function readBytes(c: HttpContext, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  // nothing is inflated here: a few bytes could become gigabytes
  if (!/^(identity)?$/i.test(c.req.header('Content-Encoding') ?? '')) {
    throw new Fault('bad-request', 'The body comes with a Content-Encoding; send the bytes as they are.');
  }
  const announced = Number(c.req.header('Content-Length') ?? 0);
  if (announced > maxBytes) throw makeTooLarge(maxBytes);
  const reader = c.req.raw.body?.getReader();
  const parts: Uint8Array[] = [];
  let total = 0;
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    total += part.value.length;
    if (total > maxBytes) {
      await reader?.cancel();
      throw makeTooLarge(maxBytes);
    }
    parts.push(part.value);
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A JSON body of this shape; the fault names the first field that is wrong. */
export async function readJson<Schema extends v.GenericSchema>(
  c: HttpContext,
  schema: Schema,
  maxBytes: number,
): Promise<v.InferOutput<Schema>> {
  // A form can post text/plain across sites without asking; JSON it cannot.
  if (!/^application\/json\b/i.test(c.req.header('Content-Type') ?? '')) {
    throw new Fault('bad-request', 'The body must be JSON: send it with Content-Type application/json.');
  }
  const parsed = v.safeParse(schema, parseJson(new TextDecoder().decode(await readBytes(c, maxBytes))), { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  throw new Fault('bad-request', `${field} is not right: ${issue.message}.`, { facts: { field } });
}

function makeTooLarge(maxBytes: number): Fault {
  return new Fault('too-large', `The body is larger than ${maxBytes} bytes; send less.`, { facts: { maxBytes } });
}
