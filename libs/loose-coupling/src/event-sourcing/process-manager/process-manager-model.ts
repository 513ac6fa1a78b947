import { FaultList } from '../../kernel/index.js';
import type { MessageContract } from '../../messaging/index.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { eventTypeOf, type EventClass, type StoredEventType } from '../event-types/event-type.decorator.js';
import { declarationsOf, type DeadlineDeclaration, type InputDeclaration } from './process-handler.decorators.js';
import { processManagerMetadataOf } from './process-manager.decorator.js';

/** A class with `@ProcessManager`. */
export type ProcessManagerClass = new (...dependencies: never[]) => object;

interface Handled extends InputDeclaration {
  readonly method: string;
}

export interface MessageInput extends Handled {
  readonly source: MessageContract;
}

export interface EventInput extends Handled {
  readonly source: EventClass;
  readonly type: StoredEventType;
}

/** What the decorators of a process manager say. */
export interface ProcessManagerModel {
  readonly owner: ProcessManagerClass;
  readonly name: string;
  readonly initialState: Readonly<Record<string, unknown>>;
  readonly queue: string | undefined;
  readonly partitions: number | undefined;
  /** By the name of the contract. */
  readonly messages: ReadonlyMap<string, MessageInput>;
  /** By the type of the event. */
  readonly events: ReadonlyMap<string, EventInput>;
  /** Methods by the name of the deadline. */
  readonly deadlines: ReadonlyMap<string, string>;
}

const NAME = /^[a-z0-9][\w.-]{0,63}$/i;

/** Reads a class; adds what is wrong with it. */
export function readProcessManager(owner: ProcessManagerClass, faults: FaultList): ProcessManagerModel | undefined {
  const metadata = typeof owner === 'function' ? processManagerMetadataOf(owner) : undefined;
  if (!metadata) {
    faults.add('processManagers', 'classes with @ProcessManager', owner);
    return undefined;
  }
  const { name, options } = metadata;
  const own = new FaultList(owner.name);
  if (typeof name !== 'string' || !NAME.test(name)) {
    own.add('name', 'up to 64 letters, digits, "-", "_" and "."', name);
  }
  const messages = new Map<string, MessageInput>();
  const events = new Map<string, EventInput>();
  const deadlines = new Map<string, string>();
  for (const [method, declaration] of declaredMethods(owner.prototype as object)) {
    if (declaration.kind === 'input') addInput(messages, events, { ...declaration, method }, own);
    else addDeadline(deadlines, method, declaration, own);
  }
  if (![...messages.values(), ...events.values()].some(({ starts }) => starts)) {
    own.say('no method has @StartedBy, so no instance could ever begin');
  }
  own.positiveInteger('partitions', options.partitions);
  const initialState = stateOf(options.initialState ?? {}, own);
  for (const fault of own.faults) faults.say(`${owner.name}: ${fault}`);
  return own.faults.length === 0
    ? { owner, name, initialState, queue: options.queue, partitions: options.partitions, messages, events, deadlines }
    : undefined;
}

function* declaredMethods(prototype: object): Generator<[string, InputDeclaration | DeadlineDeclaration]> {
  const seen = new Set<string>();
  for (let at: object | null = prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const method: unknown = Object.getOwnPropertyDescriptor(at, name)?.value;
      // A method that is overridden counts with the decorators it has now.
      if (seen.has(name) || typeof method !== 'function') continue;
      seen.add(name);
      for (const declaration of declarationsOf(method)) yield [name, declaration];
    }
  }
}

function addInput(
  messages: Map<string, MessageInput>,
  events: Map<string, EventInput>,
  input: Handled,
  faults: FaultList,
): void {
  const { source, method } = input;
  const path = `${input.starts ? '@StartedBy' : '@ContinuedBy'} on ${method}`;
  if (typeof input.correlate !== 'function') {
    faults.add(path, 'a function from the data to the id of the instance', input.correlate);
  }
  const type = typeof source === 'function' ? eventTypeOf(source) : undefined;
  if (typeof source === 'function' && type) {
    add(events, type.name, { ...input, source, type }, faults);
  } else if (isContract(source)) {
    add(messages, source.name, { ...input, source }, faults);
  } else {
    const loop = source === undefined ? '; do two files import each other?' : '';
    faults.add(path, `a contract, or a class with @EventType${loop}`, source);
  }
}

function add<Input extends Handled>(inputs: Map<string, Input>, name: string, input: Input, faults: FaultList): void {
  const other = inputs.get(name);
  if (other) faults.say(`${other.method} and ${input.method} both handle ${name}; let one method do it`);
  inputs.set(name, input);
}

const isContract = (source: unknown): source is MessageContract =>
  typeof source === 'object' && source !== null && 'kind' in source && 'name' in source;

function addDeadline(
  deadlines: Map<string, string>,
  method: string,
  { name }: DeadlineDeclaration,
  faults: FaultList,
): void {
  if (typeof name !== 'string' || name === '') faults.add(`@OnDeadline on ${method}`, 'a name', name);
  const other = deadlines.get(name);
  if (other !== undefined) faults.say(`${other} and ${method} are both for the deadline "${name}"; let one method be`);
  deadlines.set(name, method);
}

function stateOf(initialState: object, faults: FaultList): Readonly<Record<string, unknown>> {
  try {
    return frozenCopy(initialState, 'initialState') as Record<string, unknown>;
  } catch (error) {
    faults.say(error instanceof Error ? error.message : String(error));
    return {};
  }
}
