import { FaultList } from '../../kernel/index.js';
import type { WorkflowDefinition } from './workflow-definition.js';
import type { WorkflowStep } from './workflow-step.js';

/** Paths are made of them. */
const STEP_NAME = /^[^/[\]\p{Cc}]{1,128}$/u;
const NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** @throws {InvalidOptionsError} listing everything that is wrong */
export function checkWorkflow<Input>({ name, version, steps }: WorkflowDefinition<Input>): void {
  const faults = new FaultList(`Workflow "${String(name)}"`);
  if (typeof name !== 'string' || !NAME.test(name)) {
    faults.add('name', 'letters, digits, ".", "_" and "-", at most 128', name);
  }
  if (version !== undefined && (!Number.isSafeInteger(version) || version < 1)) {
    faults.add('version', 'a whole number from 1', version);
  }
  if (!Array.isArray(steps) || steps.length === 0) faults.add('steps', 'a list of at least one step', steps);
  else new StepCheck(faults).all(steps as readonly WorkflowStep[], 'steps');
  faults.throwIfAny();
}

class StepCheck {
  private readonly names = new Set<string>();

  constructor(private readonly faults: FaultList) {}

  all(steps: readonly WorkflowStep[], path: string): void {
    for (const [index, step] of steps.entries()) this.one(step, `${path}[${index}]`);
  }

  private one(step: WorkflowStep, path: string): void {
    if (typeof step.name !== 'string' || !STEP_NAME.test(step.name)) {
      this.faults.add(`${path}.name`, 'a text of at most 128 characters, without "/", "[" and "]"', step.name);
    } else if (this.names.has(step.name)) {
      this.faults.say(`${path}.name: "${step.name}" is the name of another step, too`);
    }
    this.names.add(step.name);
    switch (step.kind) {
      case 'task':
        return this.effect(step, path, typeof step.run === 'function' ? undefined : 'run');
      case 'service':
        return this.effect(step, path, typeof step.service === 'string' && step.service !== '' ? undefined : 'service');
      case 'parallel':
        return step.branches.forEach((branch, index) => this.all(branch, `${path}.branches[${index}]`));
      case 'choice':
        return Object.entries(step.branches).forEach(([key, branch]) => this.all(branch, `${path}.branches.${key}`));
      case 'forEach':
        return this.all(step.steps, `${path}.steps`);
      case 'message':
      case 'delay':
      case 'wait':
        return;
      default:
        this.faults.add(`${path}.kind`, 'a kind of step', (step as { kind?: unknown }).kind);
    }
  }

  private effect(step: WorkflowStep & { kind: 'task' | 'service' }, path: string, missing: string | undefined): void {
    if (missing !== undefined) this.faults.say(`${path}.${missing}: is missing`);
    const { timeoutMs, retry } = step;
    if (timeoutMs !== undefined && !(timeoutMs > 0))
      this.faults.add(`${path}.timeoutMs`, 'milliseconds above 0', timeoutMs);
    const attempts = retry?.attempts;
    if (attempts !== undefined && (!Number.isSafeInteger(attempts) || attempts < 1)) {
      this.faults.add(`${path}.retry.attempts`, 'a whole number from 1', attempts);
    }
  }
}
