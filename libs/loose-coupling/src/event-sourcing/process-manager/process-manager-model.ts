import { FaultList } from '../../kernel/index.js';
import type { MessageContract } from '../../messaging/index.js';
import { frozenCopy } from '../core/frozen-copy.js';
import { declarationsOf, type DeadlineDeclaration, type InputDeclaration } from './process-handler.decorators.js';
import { processManagerMetadataOf } from './process-manager.decorator.js';

/** A class with `@ProcessManager`. */
export type ProcessManagerClass = new (...dependencies: never[]) => object;

export interface ModelledInput extends InputDeclaration {
  readonly method: string;
}

/** What the decorators of a process manager say. */
export interface ProcessManagerModel {
  readonly owner: ProcessManagerClass;
  readonly name: string;
  readonly initialState: Readonly<Record<string, unknown>>;
  /** By the name of the contract. */
  readonly inputs: ReadonlyMap<string, ModelledInput>;
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
  const inputs = new Map<string, ModelledInput>();
  const deadlines = new Map<string, string>();
  for (const [method, declaration] of declaredMethods(owner.prototype as object)) {
    if (declaration.kind === 'input') addInput(inputs, method, declaration, own);
    else addDeadline(deadlines, method, declaration, own);
  }
  if (![...inputs.values()].some(({ starts }) => starts)) {
    own.say('no method has @StartedBy, so no instance could ever begin');
  }
  const initialState = stateOf(options.initialState ?? {}, own);
  for (const fault of own.faults) faults.say(`${owner.name}: ${fault}`);
  return own.faults.length === 0 ? { owner, name, initialState, inputs, deadlines } : undefined;
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
  inputs: Map<string, ModelledInput>,
  method: string,
  declaration: InputDeclaration,
  faults: FaultList,
): void {
  const decorator = declaration.starts ? '@StartedBy' : '@ContinuedBy';
  const source = declaration.source as MessageContract | undefined;
  if (typeof source?.name !== 'string' || (source.kind !== 'event' && source.kind !== 'command')) {
    const loop = source === undefined ? '; do two files import each other?' : '';
    faults.add(`${decorator} on ${method}`, `a contract made by defineEvent or defineCommand${loop}`, source);
    return;
  }
  if (typeof declaration.correlate !== 'function') {
    faults.add(
      `${decorator} on ${method}`,
      'a function from the data to the id of the instance',
      declaration.correlate,
    );
  }
  const other = inputs.get(source.name);
  if (other) faults.say(`${other.method} and ${method} both handle ${source.name}; let one method do it`);
  inputs.set(source.name, { ...declaration, method });
}

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
