import { FaultList } from '../../kernel/index.js';
import { defineWorkflow } from './define-workflow.js';
import { type WorkflowDefinition } from './workflow-definition.js';
import type { ServiceStep, StepData } from './workflow-step.js';

/** A workflow as data: services that are asked one after the other. */
export interface WorkflowDocument {
  /** Default "workflow". */
  readonly name?: string;
  readonly steps: readonly WorkflowDocumentStep[];
}

export interface WorkflowDocumentStep {
  /** Default "unknown", with its number. */
  readonly name?: string;
  readonly service: string;
  /** Default "call". */
  readonly operation?: string;
  /** Default {}. */
  readonly request?: unknown;
  /** Default true. */
  readonly required?: boolean;
}

const MAX_STEPS = 1_000;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Makes a workflow of data that may come from a file or the network. Keys it does not know are passed over.
 * @throws {InvalidOptionsError} listing everything that is wrong
 */
export function parseWorkflowDocument(document: unknown): WorkflowDefinition {
  const faults = new FaultList('The workflow document');
  const steps = isRecord(document) ? document['steps'] : undefined;
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > MAX_STEPS) {
    faults.add('steps', `a list of 1 to ${MAX_STEPS} steps`, steps);
  }
  faults.throwIfAny();
  const name = isRecord(document) && typeof document['name'] === 'string' ? document['name'] : 'workflow';
  const seen = new Map<string, number>();
  const parsed = (steps as unknown[]).map((step, index) => parseStep(step, index, seen, faults));
  faults.throwIfAny();
  return defineWorkflow({ name, steps: parsed });
}

function parseStep(given: unknown, index: number, seen: Map<string, number>, faults: FaultList): ServiceStep {
  const step = isRecord(given) ? given : {};
  const { name = `unknown-${index + 1}`, service, operation = 'call', request = {}, required = true } = step;
  if (typeof service !== 'string' || service === '') faults.add(`steps[${index}].service`, 'a name', service);
  if (typeof name !== 'string') faults.add(`steps[${index}].name`, 'a text', name);
  if (typeof operation !== 'string') faults.add(`steps[${index}].operation`, 'a text', operation);
  if (typeof required !== 'boolean') faults.add(`steps[${index}].required`, 'true or false', required);
  return {
    kind: 'service',
    name: unique(idOf(String(name)), seen),
    service: String(service),
    operation: String(operation),
    request: request as StepData,
    required: required === true,
    retry: { attempts: 1 },
  };
}

/** Documents may call a step as they like. */
const idOf = (name: string): string => name.replace(/[/[\]\p{Cc}]+/gu, '-').slice(0, 100) || 'step';

function unique(name: string, seen: Map<string, number>): string {
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  return count === 1 ? name : unique(`${name}-${count}`, seen);
}
