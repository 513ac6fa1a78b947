import { UnreadableEventError } from '../errors/unreadable-event.error.js';
import type { EventProtection, UnreadableListener } from './event-protection.js';
import type { EventEnvelope, OnUnreadable } from './event-store.js';
import type { EventPage, EventPages } from './stream-pages.js';
import { Undecodable } from './undecodable.js';

/** For whoever asks only where events are. */
export const passOver: OnUnreadable = () => undefined;

/** A page as it is read, and what in it cannot be, by index. */
interface OpenedPage {
  readonly events: EventPage;
  readonly faults: ReadonlyMap<number, UnreadableEventError>;
}

const NONE: ReadonlyMap<number, UnreadableEventError> = new Map();

/** Pages as they are read: at once, where nothing protects them. An event that cannot be read ends them by its error. */
export function readablePages(
  protection: EventProtection | undefined,
  pages: EventPages,
  onUnreadable?: OnUnreadable,
): EventPages {
  if (protection || !(Symbol.iterator in pages)) return opened(protection, pages, onUnreadable);
  return decoded(pages, onUnreadable);
}

async function* opened(
  protection: EventProtection | undefined,
  pages: EventPages,
  onUnreadable: OnUnreadable | undefined,
): AsyncGenerator<EventPage> {
  for await (const page of pages) yield* given(await openPage(protection, page), onUnreadable);
}

function* decoded(pages: Iterable<EventPage>, onUnreadable: OnUnreadable | undefined): Generator<EventPage> {
  for (const page of pages) yield* given(withFaults(page), onUnreadable);
}

/** What can be read up to the first event that cannot, whose error is thrown when it is next. */
function* given(page: OpenedPage, onUnreadable: OnUnreadable | undefined): Generator<EventPage> {
  const { events, faults } = page;
  if (faults.size === 0 || onUnreadable) {
    yield onUnreadable ? told(page, onUnreadable) : events;
    return;
  }
  const before = beginningOf(page);
  yield before;
  throw faults.get(before.length);
}

/** @throws {UnreadableEventError} when the first event cannot be read */
export async function readableBeginning(
  protection: EventProtection | undefined,
  page: EventPage,
  onUnreadable?: OnUnreadable,
): Promise<EventPage> {
  const read = await openPage(protection, page);
  if (read.faults.size === 0) return read.events;
  if (onUnreadable) return told(read, onUnreadable);
  const before = beginningOf(read);
  if (before.length === 0) throw read.faults.get(0);
  return before;
}

/** For read models that change within a transaction, which waits for nothing. @throws {UnreadableEventError} */
export function readNow(protection: EventProtection | undefined, page: EventPage): EventPage {
  const { events, faults } = withFaults(page, (listener) => protection?.openNow(page, listener));
  for (const fault of faults.values()) throw fault;
  return events;
}

function told({ events, faults }: OpenedPage, onUnreadable: OnUnreadable): EventPage {
  if (faults.size === 0) return events;
  return events.map((event, index) => {
    const fault = faults.get(index);
    if (!fault) return event;
    const stored = event.data instanceof Undecodable ? { ...event, data: undefined } : event;
    onUnreadable(stored, fault);
    return stored;
  });
}

const beginningOf = ({ events, faults }: OpenedPage): EventPage => events.slice(0, Math.min(...faults.keys()));

async function openPage(protection: EventProtection | undefined, page: EventPage): Promise<OpenedPage> {
  if (!protection) return withFaults(page);
  const causes = new Map<number, unknown>();
  const events = await protection.open(page, (index, cause) => void causes.set(index, cause));
  return withFaults(page, (listener) => {
    for (const [index, cause] of causes) listener(index, cause);
    return events;
  });
}

/** Adds what the store could not decode to what the protection could not open. */
function withFaults(
  page: EventPage,
  open: (onUnreadable: UnreadableListener) => EventPage | undefined = () => undefined,
): OpenedPage {
  let faults: Map<number, UnreadableEventError> | undefined;
  const note = (index: number, cause: unknown): void => {
    faults ??= new Map<number, UnreadableEventError>();
    faults.set(index, new UnreadableEventError(page[index] as EventEnvelope, cause));
  };
  const events = open(note) ?? page;
  for (let index = 0; index < page.length; index += 1) {
    const data = page[index]?.data;
    if (data instanceof Undecodable) note(index, data.error);
  }
  return { events, faults: faults ?? NONE };
}
