import type { Commit } from '../core/event-store.js';
import { InvalidCommitError } from '../errors/invalid-commit.error.js';

/** An event that named another tenant would have its handlers work for that one. @throws {InvalidCommitError} */
export function checkTenantOfEvents({ appends, messages = [] }: Commit, tenant: string): void {
  const named = [
    ...appends.flatMap(({ events }) => events.map(({ metadata }) => metadata?.['tenantId'])),
    ...messages.map(({ envelope }) => envelope.tenantid),
  ];
  for (const other of named) {
    if (other === undefined || other === tenant) continue;
    throw new InvalidCommitError(
      `it is a commit of tenant "${tenant}", and one of its events or messages names the tenant ${JSON.stringify(other)}`,
    );
  }
}
