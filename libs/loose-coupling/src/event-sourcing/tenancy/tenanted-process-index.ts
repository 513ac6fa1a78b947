import type { OpenProcess, ProcessIndex } from '../core/process-index.js';
import { placeOf } from './stored-names.js';
import { currentTenant } from './tenant.js';

/** Instances of process managers: of the tenant that asks, or of all, for the service's own work. */
export class TenantedProcessIndex implements ProcessIndex {
  constructor(private readonly inner: ProcessIndex) {}

  async due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]> {
    return (await this.inner.due(manager, until, limit)).map(local).filter(isVisible);
  }

  async *open(manager: string): AsyncGenerator<OpenProcess> {
    for await (const entry of this.inner.open(manager)) {
      const own = local(entry);
      if (isVisible(own)) yield own;
    }
  }
}

function local(entry: OpenProcess): OpenProcess {
  const { tenant, streamName: id } = placeOf(entry.id);
  return { ...entry, id, ...(tenant !== undefined && { tenantId: tenant }) };
}

function isVisible({ tenantId }: OpenProcess): boolean {
  const tenant = currentTenant();
  return tenant === undefined || tenant === tenantId;
}
