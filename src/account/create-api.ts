// Calls to the coordinator's HTTP resources, from a page, a worker or Node: JSON in and out, every failure a Fault.
import { Fault, type FaultBody, isFaultCode } from '../protocol/fault.ts';
import { makeLostFault } from './read-whole-body.ts';

export interface ApiOptions {
  /** Where the coordinator is: an origin, with or without a trailing slash. */
  readonly baseUrl: string;
  /** Headless clients carry their session as a bearer token; a page has its cookie. */
  readonly token?: string | null;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; bigints travel as decimal strings. */
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | null;
}

export interface Api {
  readonly baseUrl: string;
  /** The scheme, host and port of `baseUrl`. */
  readonly origin: string;
  readonly token: string | null;
  /** Answers with a 2xx response or throws a Fault: the coordinator's own, `offline` or `cancelled`. */
  send(path: string, request?: ApiRequest): Promise<Response>;
  readJson<Answer>(path: string, request?: ApiRequest): Promise<Answer>;
  withToken(token: string | null): Api;
}

export function createApi(options: ApiOptions): Api {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const token = options.token ?? null;
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));

  async function send(path: string, request: ApiRequest = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${baseUrl}${path}`, makeInit(request, token));
    } catch (cause) {
      if (request.signal?.aborted) throw new Fault('cancelled', 'The request was stopped.', { cause });
      throw new Fault('offline', `The coordinator at ${baseUrl} does not answer; check the address and the connection.`, { cause });
    }
    if (response.ok) return response;
    throw await readFault(response);
  }

  return {
    baseUrl,
    origin: new URL(baseUrl).origin,
    token,
    send,
    async readJson<Answer>(path: string, request?: ApiRequest): Promise<Answer> {
      const response = await send(path, request);
      return (await response.json().catch((cause: unknown) => {
        throw makeLostFault(cause);
      })) as Answer;
    },
    withToken: (next) => createApi({ ...options, token: next }),
  };
}

function makeInit(request: ApiRequest, token: string | null): RequestInit {
  const headers: Record<string, string> = { ...request.headers };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = { method: request.method ?? 'GET', headers, credentials: 'same-origin', signal: request.signal ?? null };
  if (request.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(request.json, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  } else if (request.bytes !== undefined) {
    headers['Content-Type'] = 'application/octet-stream';
    init.body = request.bytes as Uint8Array<ArrayBuffer>;
  }
  return init;
}

async function readFault(response: Response): Promise<Fault> {
  const body = await response.json().catch(() => null);
  if (isFaultBody(body)) return new Fault(body.code, body.sentence, { facts: body.facts ?? {} });
  const code = response.status >= 500 ? 'offline' : 'bad-request';
  return new Fault(code, `The coordinator answered ${response.status} without saying why.`, { facts: { status: response.status } });
}

function isFaultBody(value: unknown): value is FaultBody {
  if (typeof value !== 'object' || value === null) return false;
  const { code, sentence } = value as Record<string, unknown>;
  return typeof code === 'string' && isFaultCode(code) && typeof sentence === 'string';
}
