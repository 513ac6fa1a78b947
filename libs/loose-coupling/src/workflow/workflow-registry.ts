import { withoutTypes, type AnyWorkflow } from './definition/workflow-definition.js';
import { parseWorkflowDocument } from './definition/parse-workflow-document.js';
import type { WorkflowState } from './engine/workflow-state.js';
import { InvalidOptionsError } from '../kernel/index.js';

const keyOf = (name: string, version: number): string => `${name}@${version}`;

/** The definitions that this process can go on with. */
export class WorkflowRegistry {
  private readonly definitions = new Map<string, AnyWorkflow>();
  private readonly latest = new Map<string, AnyWorkflow>();

  /** @throws {InvalidOptionsError} when another definition has its name and version */
  add(definition: AnyWorkflow): void {
    const { name, version = 1 } = definition;
    const key = keyOf(name, version);
    const known = this.definitions.get(key);
    if (known !== undefined && known !== definition) {
      throw new InvalidOptionsError('Workflows', [`"${name}" has two definitions of version ${version}`]);
    }
    this.definitions.set(key, definition);
    if ((this.latest.get(name)?.version ?? 1) <= version) this.latest.set(name, definition);
  }

  /** The newest of its name. */
  find(name: string): AnyWorkflow | undefined {
    return this.latest.get(name);
  }

  /** What an instance began with. */
  of({ started }: WorkflowState): AnyWorkflow | undefined {
    if (!started) return undefined;
    if (started.document !== undefined) return withoutTypes(parseWorkflowDocument(started.document));
    return this.definitions.get(keyOf(started.name, started.version));
  }
}
