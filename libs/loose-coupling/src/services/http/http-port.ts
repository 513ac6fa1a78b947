/** One request over HTTP. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, with the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** A longer answer is not read to its end. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: HttpHeaders;
  readonly body: string;
  /** It had more than `maxBytes`; what there is of it is not given. */
  readonly tooLong: boolean;
}

/** Sends requests and keeps the connections. Redirects are answers like others. */
export interface HttpPort {
  /** Rejects with the reason of the signal when that is aborted, and with a fault of the connection otherwise. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends the connections, and with them the requests that are under way. */
  close(): Promise<void>;
}

export const isOk = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;
