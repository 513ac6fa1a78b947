import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  EVENT_SOURCING_STORES,
  OutgoingMessageFactory,
  type EventSourcingStores,
} from '../../event-sourcing/runtime.js';
import { Clock, currentCorrelation, FaultList, InvalidOptionsError } from '../../kernel/index.js';
import { MessageHandlerRegistry } from '../../messaging/index.js';
import { ServiceClients } from '../../services/index.js';
import { withoutTypes, type DefinedWorkflow } from '../definition/workflow-definition.js';
import { isClosed } from '../engine/running-workflows.js';
import type { WorkflowPorts } from '../engine/workflow-ports.js';
import { WorkflowOrchestrator } from '../workflow-orchestrator.js';
import { WorkflowRegistry } from '../workflow-registry.js';
import { WorkflowCompleted, WorkflowFailed } from '../workflow-result.js';
import { requestService } from './request-service.js';

/** What `WorkflowModule.forRoot` is told. */
export interface WorkflowModuleOptions {
  /** All definitions, and all versions of them, of which instances may be under way. */
  readonly workflows?: readonly DefinedWorkflow[];
  /**
   * Milliseconds after which a process that does not renew its lease is taken for dead, and the others that share its store go on with its
   * workflows. Their clocks must agree to within it. Default 15,000.
   */
  readonly leaseMs?: number;
}

const OPTIONS = Symbol.for('nestjs-loose-coupling:workflow-options');

/** Gives `WorkflowOrchestrator`. Beside `LooseCouplingModule.forRoot`, whose store, services and messages it uses. */
@Module({})
export class WorkflowModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('WorkflowModule');

  constructor(@Inject(WorkflowOrchestrator) private readonly orchestrator: WorkflowOrchestrator) {}

  static forRoot(options: WorkflowModuleOptions = {}): DynamicModule {
    return {
      module: WorkflowModule,
      global: true,
      providers: [
        { provide: OPTIONS, useValue: options },
        {
          provide: WorkflowOrchestrator,
          useFactory: create,
          inject: [
            OPTIONS,
            EVENT_SOURCING_STORES,
            OutgoingMessageFactory,
            ServiceClients,
            MessageHandlerRegistry,
            Clock,
          ],
        },
      ],
      exports: [WorkflowOrchestrator],
    };
  }

  onApplicationBootstrap(): void {
    // Not awaited: what is unfinished need not be finished before the application is up.
    this.orchestrator.recover().catch((error: unknown) => {
      if (isClosed(error)) return;
      this.logger.error('Unfinished workflows could not be looked for; they go on when a process starts.', error);
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.orchestrator.close();
  }
}

function create(
  options: WorkflowModuleOptions,
  { events, processes, tenancy }: EventSourcingStores,
  messages: OutgoingMessageFactory,
  services: ServiceClients,
  handlers: MessageHandlerRegistry,
  clock: Clock,
): WorkflowOrchestrator {
  const faults = new FaultList('WorkflowModule.forRoot()');
  faults.unknownKeys('', options, ['workflows', 'leaseMs']);
  faults.positiveInteger('leaseMs', options.leaseMs);
  faults.throwIfAny();
  if (!processes) throw new InvalidOptionsError('store', ['lists no open processes, which workflows are found by']);
  const { workflows = [], leaseMs } = options;
  const logger = new Logger(WorkflowOrchestrator.name);
  handlers.announce([WorkflowCompleted, WorkflowFailed]);
  const registry = new WorkflowRegistry();
  for (const definition of workflows) registry.add(withoutTypes(definition));
  const ports: WorkflowPorts = {
    clock,
    request: (call) => requestService(services, call),
    message: (contract, data) => messages.create(contract, data as never),
  };
  const report = (message: string, error: unknown) => logger.error(message, error);
  const tenantOf = () => currentCorrelation()?.tenantId;
  const stores = { events, processes, ...(tenancy && { tenantOf }) };
  return new WorkflowOrchestrator(stores, registry, ports, { report, ...(leaseMs && { leaseMs }) });
}
