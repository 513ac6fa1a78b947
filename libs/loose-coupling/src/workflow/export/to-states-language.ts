import { FaultList } from '../../kernel/index.js';
import { checkWorkflow } from '../definition/check-workflow.js';
import { withoutTypes, type AnyWorkflow, type DefinedWorkflow } from '../definition/workflow-definition.js';
import type { DelayStep, ServiceRequest, ServiceStep, StepRetry } from '../definition/workflow-step.js';

export interface StatesLanguageOptions {
  /** ARN of the Lambda function that each service is asked through: it is given `{ operation, request, idempotencyKey }`. */
  readonly services: Readonly<Record<string, string>>;
}

/** A state machine in the Amazon States Language: give its JSON to CreateStateMachine. */
export interface StateMachine {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, object>>;
}

type ExportedStep = ServiceStep<never> | DelayStep<never>;

const START = 'Start';
const COMPLETED = 'Completed';
const FAILED = 'Failed';
const ALL = ['States.ALL'];
const UNDO_RETRY = { attempts: 10, initialDelayMs: 1_000, maxDelayMs: 60_000 };

/**
 * The same workflow for Step Functions, with the same idempotency keys: name the execution as the workflow would be. Its output has the answer of
 * each step by name; an execution that fails has undone what was done. Only what is data can be exported: service steps with fixed requests,
 * and delays.
 * @see https://states-language.net/spec.html
 * @throws {InvalidOptionsError} listing every step that cannot be exported
 */
export function toStatesLanguage(workflow: DefinedWorkflow, options: StatesLanguageOptions): StateMachine {
  const definition = withoutTypes(workflow);
  checkWorkflow(definition);
  const steps = exportable(definition, options);
  const machine = new MachineBuilder(steps, options);
  return {
    Comment: `${definition.name}, version ${definition.version ?? 1}`,
    StartAt: START,
    States: machine.states(),
  };
}

function exportable({ name, steps, output }: AnyWorkflow, { services }: StatesLanguageOptions): ExportedStep[] {
  const faults = new FaultList(`Workflow "${name}" for Step Functions`);
  if (output) faults.say('output: a function cannot be exported; the output is the answers of the steps');
  const found: ExportedStep[] = [];
  for (const [index, step] of steps.entries()) {
    const path = `steps[${index}] "${step.name}"`;
    if (step.kind === 'delay') {
      if (typeof step.ms === 'function') faults.say(`${path}.ms: a function cannot be exported`);
      found.push(step);
    } else if (step.kind === 'service') {
      checkRequest(step, path, services, faults);
      if (step.compensate) checkRequest(step.compensate, `${path}.compensate`, services, faults);
      found.push(step);
    } else faults.say(`${path}: steps of kind "${step.kind}" cannot be exported`);
  }
  faults.throwIfAny();
  return found;
}

function checkRequest(
  { service, request }: ServiceRequest<never>,
  path: string,
  services: Readonly<Record<string, string>>,
  faults: FaultList,
): void {
  if (typeof request === 'function') faults.say(`${path}.request: a function cannot be exported`);
  if (!Object.hasOwn(services, service))
    faults.say(`${path}.service: options.services has no function for "${service}"`);
}

const undoOf = (name: string): string => `undo ${name}`;
/** A path of JSONPath, whatever is in the name. */
const resultPath = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? `$.results.${name}` : `$.results['${name.replace(/['\\]/g, '\\$&')}']`;
const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

class MachineBuilder {
  constructor(
    private readonly steps: readonly ExportedStep[],
    private readonly options: StatesLanguageOptions,
  ) {}

  states(): Record<string, object> {
    const states: Record<string, object> = {
      [START]: { Type: 'Pass', Parameters: { 'input.$': '$', results: {} }, Next: this.steps[0]?.name ?? COMPLETED },
    };
    for (const [index, step] of this.steps.entries()) {
      states[step.name] =
        step.kind === 'delay'
          ? { Type: 'Wait', Seconds: seconds(Number(step.ms)), Next: this.after(index) }
          : this.service(step, index);
      if (step.kind === 'service' && step.compensate) Object.assign(states, this.undo(step, step.compensate, index));
    }
    states[COMPLETED] = { Type: 'Succeed', OutputPath: '$.results' };
    states[FAILED] = { Type: 'Fail', Error: 'WorkflowFailed', CausePath: '$.error.Cause' };
    return states;
  }

  private service(step: ServiceStep<never>, index: number): object {
    const { name, required = true, timeoutMs = 30_000, retry = {} } = step;
    const Catch = required
      ? [{ ErrorEquals: ALL, ResultPath: '$.error', Next: this.undoBefore(index) }]
      : [{ ErrorEquals: ALL, ResultPath: '$.ignored', Next: this.after(index) }];
    return {
      ...this.task(step, name, name, retry),
      TimeoutSeconds: seconds(timeoutMs),
      ResultPath: resultPath(name),
      Catch,
      Next: this.after(index),
    };
  }

  private undo(step: ServiceStep<never>, request: ServiceRequest<never>, index: number): Record<string, object> {
    const { name } = step;
    const Next = this.undoBefore(index);
    const task = {
      ...this.task(request, name, `${name}/compensate`, UNDO_RETRY),
      ResultPath: null,
      Catch: [{ ErrorEquals: ALL, ResultPath: '$.ignored', Next }],
      Next,
    };
    if (step.required !== false) return { [undoOf(name)]: task };
    // It may have failed, and then there is nothing to undo.
    const wasDone = { Variable: resultPath(name), IsPresent: true, Next: `${undoOf(name)}, as it was done` };
    return {
      [undoOf(name)]: { Type: 'Choice', Choices: [wasDone], Default: Next },
      [`${undoOf(name)}, as it was done`]: task,
    };
  }

  private task(request: ServiceRequest<never>, name: string, key: string, retry: StepRetry): object {
    const { attempts = 3, initialDelayMs = 200, maxDelayMs = 30_000 } = retry;
    const delays = { IntervalSeconds: seconds(initialDelayMs), BackoffRate: 2, MaxDelaySeconds: seconds(maxDelayMs) };
    return {
      Type: 'Task',
      Resource: this.options.services[request.service],
      Parameters: {
        operation: request.operation ?? name,
        request: request.request ?? {},
        'idempotencyKey.$': `States.Format('{}/${key.replace(/['{}\\]/g, '\\$&')}', $$.Execution.Name)`,
      },
      ...(attempts > 1 && { Retry: [{ ErrorEquals: ALL, MaxAttempts: attempts - 1, ...delays }] }),
    };
  }

  private after(index: number): string {
    return this.steps[index + 1]?.name ?? COMPLETED;
  }

  /** Where undoing begins when the step of this index has failed. */
  private undoBefore(index: number): string {
    const done = this.steps
      .slice(0, index)
      .findLast((step) => step.kind === 'service' && step.compensate !== undefined);
    return done ? undoOf(done.name) : FAILED;
  }
}
