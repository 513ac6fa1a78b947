import type { ProvisioningConfig } from '../config/provisioning-config.js';

export const DEFAULT_NAME_PATTERN = '{project}-{name}-{stage}';

/** What things are called on AWS. */
export class PhysicalNames {
  constructor(private readonly config: ProvisioningConfig) {}

  of(name: string, fifo = false): string {
    const { project_name: project, deployment_stage: stage, name_pattern: pattern } = this.config;
    const full = pattern.replaceAll('{project}', project).replaceAll('{stage}', stage).replaceAll('{name}', name);
    return fifo ? `${full}.fifo` : full;
  }

  queue(name: string): string {
    return this.of(name, this.isFifo(name));
  }

  deadLetters(queue: string): string {
    return this.of(`${queue}-dlq`, this.isFifo(queue));
  }

  get bus(): string {
    return this.of(this.config.event_bus);
  }

  /** Of the table, the role and the function. */
  get circuitBreaker(): string {
    return this.of('circuit-breaker');
  }

  private isFifo(queue: string): boolean {
    return this.config.message_queues.find(({ name }) => name === queue)?.fifo ?? false;
  }
}
