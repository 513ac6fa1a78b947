import type { EventBridgeApi } from '../clients/aws-apis.js';
import { isNotFound, isThere } from './aws-error-names.js';
import { isSameJson } from './event-filters.js';

/** The one target of each of our rules. */
const TARGET = 'queue';

export interface RuleTarget {
  readonly queueArn: string;
  readonly deadLetterArn: string | undefined;
}

/** Buses and rules by their physical names. */
export class RuleResources {
  constructor(
    private readonly eventBridge: EventBridgeApi,
    private readonly tags: Readonly<Record<string, string>> | undefined,
  ) {}

  /** ARN of a bus that is there. */
  async findBus(name: string): Promise<string | undefined> {
    try {
      return (await this.eventBridge.describeEventBus({ Name: name })).Arn;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async ensureBus(name: string): Promise<void> {
    if ((await this.findBus(name)) !== undefined) return;
    try {
      await this.eventBridge.createEventBus({ Name: name, ...(this.tags && { Tags: tagList(this.tags) }) });
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  }

  /** Makes the rule, or gives it this pattern. Its target comes later, when the queue lets it in. */
  async putRule(bus: string, name: string, pattern: string, description: string): Promise<string> {
    const { RuleArn = '' } = await this.eventBridge.putRule({
      Name: name,
      EventBusName: bus,
      EventPattern: pattern,
      State: 'ENABLED',
      Description: description.slice(0, 512),
      ...(this.tags && { Tags: tagList(this.tags) }),
    });
    return RuleArn;
  }

  async putTarget(bus: string, rule: string, { queueArn, deadLetterArn }: RuleTarget): Promise<void> {
    const { FailedEntryCount = 0, FailedEntries = [] } = await this.eventBridge.putTargets({
      Rule: rule,
      EventBusName: bus,
      Targets: [{ Id: TARGET, Arn: queueArn, ...(deadLetterArn && { DeadLetterConfig: { Arn: deadLetterArn } }) }],
    });
    const [failed] = FailedEntries;
    if (FailedEntryCount > 0)
      throw new Error(`Rule ${rule} got no target: ${failed?.ErrorCode} ${failed?.ErrorMessage}`);
  }

  /** What is not as it should be; nothing when all is well. */
  async differences(bus: string, rule: string, pattern: string, target: RuleTarget): Promise<string[]> {
    try {
      const { EventPattern, State } = await this.eventBridge.describeRule({ Name: rule, EventBusName: bus });
      const { Targets = [] } = await this.eventBridge.listTargetsByRule({ Rule: rule, EventBusName: bus });
      return [
        ...(isSameJson(EventPattern, pattern) ? [] : [`pattern is ${EventPattern}`]),
        ...(State === 'DISABLED' ? ['is disabled'] : []),
        ...(Targets.some(({ Arn }) => Arn === target.queueArn) ? [] : ['does not send to the queue']),
      ];
    } catch (error) {
      if (isNotFound(error)) return ['is missing'];
      throw error;
    }
  }

  async remove(bus: string, rule: string): Promise<void> {
    try {
      await this.eventBridge.removeTargets({ Rule: rule, EventBusName: bus, Ids: [TARGET] });
      await this.eventBridge.deleteRule({ Name: rule, EventBusName: bus });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
