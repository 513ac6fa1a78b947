/** A stored event as an upcaster takes it and gives it back: JSON, with the metadata that was stored beside it. */
export interface RawEvent<Data = Readonly<Record<string, unknown>>> {
  readonly data: Data;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What it is stored as. */
  readonly type: string;
  readonly schemaVersion: number;
}

/** An event in its newer shape. */
export interface UpcastEvent {
  readonly data: unknown;
  /** Default: as it was. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Which of the targets it is. May be left out when there is only one. */
  readonly type?: string;
  readonly schemaVersion?: number;
}

/** One event, several, or none: `null` and an empty list drop it. */
export type UpcastResult = UpcastEvent | readonly UpcastEvent[] | null | undefined;

/** Brings an event to its newer shape. What it is given may be frozen: make new objects. */
export interface EventUpcaster<Data = Readonly<Record<string, unknown>>> {
  upcast(event: RawEvent<Data>): UpcastResult | Promise<UpcastResult>;
}

/** A stored name: type and version of the shape. */
export interface StoredName {
  readonly type: string;
  readonly version: number;
}

export interface UpcasterOptions {
  /** Version that it takes. */
  readonly from: number;
  /**
   * What it makes of it: the next version; another name, `{ type, version }`; a list of them for an event that is split;
   * an empty list for one that is always dropped.
   */
  readonly to: number | StoredName | readonly StoredName[];
}

/** What an upcaster is for. */
export interface UpcastStep extends StoredName {
  readonly targets: readonly StoredName[];
}

/** An upcaster that is a function, for `forFeature({ upcasters })`. */
export interface UpcasterFunction extends EventUpcaster<never> {
  readonly step: UpcastStep;
}
