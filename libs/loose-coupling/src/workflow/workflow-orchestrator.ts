import { randomUUID } from 'node:crypto';
import { outsideHandlerRun, type ProcessChange } from '../event-sourcing/runtime.js';
import { ClosedError, currentCorrelation, isLooseCouplingError, uuidv7, withCorrelation } from '../kernel/index.js';
import { validateData } from '../messaging/index.js';
import { withoutTypes, type AnyWorkflow, type WorkflowDefinition } from './definition/workflow-definition.js';
import { parseWorkflowDocument, type WorkflowDocument } from './definition/parse-workflow-document.js';
import { RunningWorkflows } from './engine/running-workflows.js';
import { streamOf, type WorkflowEvent } from './engine/workflow-events.js';
import { openWorkflow, type WorkflowStores } from './engine/workflow-owners.js';
import type { WorkflowPorts } from './engine/workflow-ports.js';
import { WorkflowState } from './engine/workflow-state.js';
import { UnknownWorkflowError } from './errors/unknown-workflow.error.js';
import type { WorkflowRegistry } from './workflow-registry.js';
import { resultOf, type WorkflowResult } from './workflow-result.js';

export interface StartOptions {
  /** A workflow of this id is started once; starting it again answers for the one there is. Default: a new id. */
  readonly workflowId?: string;
}

export interface OrchestratorOptions {
  /** Milliseconds after which a process that does not renew its lease is taken for dead, and others go on with its workflows. Default 15,000. */
  readonly leaseMs?: number;
  /** Is told what nobody else is. */
  readonly report?: (message: string, error: unknown) => void;
}

export type Startable<Input, Output> = WorkflowDefinition<Input, Output> | WorkflowDocument | string;

const DEFAULT_LEASE_MS = 15_000;
const WORKFLOW_ID = /^[\w.:-]{1,200}$/;

/**
 * Starts workflows, and takes those that a crash has interrupted to their end. Injectable, with `WorkflowModule`.
 * What a workflow has done is in the event store; its effects happen at least once, each with the same idempotency key.
 */
export class WorkflowOrchestrator {
  private readonly running: RunningWorkflows;

  constructor(
    private readonly stores: WorkflowStores,
    private readonly registry: WorkflowRegistry,
    private readonly ports: WorkflowPorts,
    { leaseMs = DEFAULT_LEASE_MS, report }: OrchestratorOptions = {},
  ) {
    this.running = new RunningWorkflows(stores, registry, ports, leaseMs, report);
  }

  /**
   * Resolves once the workflow is stored: from then on it is finished, whatever crashes. Inside a message handler, starting it is the
   * handler's commit.
   * @throws {InvalidMessageDataError} the input does not fit the definition's schema
   * @throws {UnknownWorkflowError} no definition of this name is registered
   */
  async start<Input, Output>(
    workflow: Startable<Input, Output>,
    input?: Input,
    options: StartOptions = {},
  ): Promise<{ readonly workflowId: string }> {
    const { definition, document } = this.resolve(workflow);
    const { workflowId = uuidv7(this.ports.clock.now()) } = options;
    if (!WORKFLOW_ID.test(workflowId))
      throw new UnknownWorkflowError(`workflow with an id like ${JSON.stringify(workflowId)}`);
    if (definition.input) await validateData(definition.input, input, `input of workflow ${definition.name}`);
    const { name, version = 1 } = definition;
    const data = { name, version, input: input ?? null, ...(document !== undefined && { document }) };
    const owner = await this.running.join();
    try {
      const process = openWorkflow(workflowId, owner, this.ports.clock.now());
      await this.append(workflowId, { type: 'workflow.started', data }, 'noStream', process);
    } catch (error) {
      // It is there.
      if (!isLooseCouplingError(error) || error.code !== 'LC_WRONG_EXPECTED_VERSION') throw error;
      return { workflowId };
    }
    const correlation = currentCorrelation() ?? { correlationId: workflowId };
    outsideHandlerRun(() => withCorrelation(correlation, () => this.running.begin(workflowId)));
    return { workflowId };
  }

  /**
   * Starts it and waits for its end. A workflow that fails is an end, too: see `status`.
   * @throws as `start`, and {ClosedError} when the process shuts down; the workflow goes on when it is up again
   */
  async execute<Input, Output>(
    workflow: Startable<Input, Output>,
    input?: Input,
    options: StartOptions = {},
  ): Promise<WorkflowResult<Output>> {
    const { workflowId } = await this.start(workflow, input, options);
    return await this.result<Output>(workflowId);
  }

  /** Waits for the end of a workflow, whichever process runs it. @throws {UnknownWorkflowError} */
  async result<Output = unknown>(workflowId: string): Promise<WorkflowResult<Output>> {
    const { ended, leave } = this.running.untilEnd(workflowId);
    const state = await this.load(workflowId).catch((error: unknown) => {
      leave();
      throw error;
    });
    if (state.isOver) this.running.settle(state);
    return resultOf<Output>(state.isOver ? state : await ended);
  }

  /** How far a workflow is, from the store. @throws {UnknownWorkflowError} */
  async query<Output = unknown>(workflowId: string): Promise<WorkflowResult<Output>> {
    return resultOf<Output>(await this.load(workflowId));
  }

  /**
   * Tells a workflow something that a wait of it is for, now or later. Resolves once it is stored.
   * Inside a message handler it is the handler's commit, so that a message that comes twice is one signal.
   * @throws {UnknownWorkflowError}
   */
  signal(workflowId: string, signal: string, data: unknown = null): Promise<void> {
    return this.tell(workflowId, { type: 'workflow.signalled', data: { signal, data } });
  }

  /** Ends a workflow: its step in progress is given up, what is done is compensated. @throws {UnknownWorkflowError} */
  cancel(workflowId: string, reason = 'no reason was given'): Promise<void> {
    return this.tell(workflowId, { type: 'workflow.cancelRequested', data: { reason } });
  }

  /** Takes on what others have left unfinished; `WorkflowModule` calls it when the application has started. */
  recover(): Promise<void> {
    return this.running.recover();
  }

  /** Stops after what is being stored; what is under way is taken on by the next process. */
  close(): Promise<void> {
    return this.running.close(new ClosedError('The workflow orchestrator'));
  }

  private resolve<Input, Output>(
    workflow: Startable<Input, Output>,
  ): { readonly definition: AnyWorkflow; readonly document?: WorkflowDocument } {
    if (typeof workflow === 'string') {
      const definition = this.registry.find(workflow);
      if (!definition) throw new UnknownWorkflowError(`workflow "${workflow}"`);
      return { definition };
    }
    if (isDefinition(workflow)) {
      const definition = withoutTypes(workflow);
      this.registry.add(definition);
      return { definition };
    }
    return { definition: withoutTypes(parseWorkflowDocument(workflow)), document: workflow };
  }

  private async tell(workflowId: string, event: WorkflowEvent): Promise<void> {
    if ((await this.load(workflowId)).isOver) return;
    await this.append(workflowId, event, 'streamExists');
    this.running.changed(workflowId);
  }

  private async append(
    workflowId: string,
    event: WorkflowEvent,
    expectedVersion: 'noStream' | 'streamExists',
    process?: ProcessChange,
  ): Promise<void> {
    const append = { streamName: streamOf(workflowId), events: [event], expectedVersion };
    await this.stores.events.commit({ appends: [append], commitId: randomUUID(), ...(process && { process }) });
  }

  private async load(workflowId: string): Promise<WorkflowState> {
    const state = new WorkflowState(workflowId);
    for await (const envelope of this.stores.events.readStream(streamOf(workflowId))) state.apply(envelope);
    if (!state.started) throw new UnknownWorkflowError(`workflow with the id ${workflowId}`);
    return state;
  }
}

/** A definition says of which kind its steps are; a document has services. */
const isDefinition = <Input, Output>(
  workflow: Exclude<Startable<Input, Output>, string>,
): workflow is WorkflowDefinition<Input, Output> => workflow.steps.some((step) => 'kind' in step);
