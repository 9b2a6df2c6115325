// A requester's way to a coordinator: made once, given to every action of this folder.
import { type Api, type ApiOptions, createApi } from '../account/create-api.ts';

export type Client = Api;
export type ClientOptions = ApiOptions;

/** In a page the session is its cookie; headless, give the `token` that signing in answered. */
export function createClient(options: ClientOptions): Client {
  return createApi(options);
}
