/**
 * Sends one request. The default is Node's `fetch`, which keeps connections open and uses them again.
 * Another one may be given for tests, or for a proxy.
 */
export type HttpPort = (url: string, init: RequestInit) => Promise<Response>;

export const nodeFetch: HttpPort = (url, init) => fetch(url, init);
