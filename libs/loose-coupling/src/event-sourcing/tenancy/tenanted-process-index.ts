import type { OpenProcess, ProcessIndex } from '../core/process-index.js';
import { placeOf } from './stored-names.js';
import { tenantUnlessAll } from './tenant.js';

/** Instances of process managers: of the tenant that asks, or of all for whoever says so with `withAllTenants`. */
export class TenantedProcessIndex implements ProcessIndex {
  constructor(private readonly inner: ProcessIndex) {}

  async due(manager: string, until: number, limit: number): Promise<readonly OpenProcess[]> {
    const isVisible = visibleTo(tenantOf(manager));
    return (await this.inner.due(manager, until, limit)).map(local).filter(isVisible);
  }

  open(manager: string): AsyncIterable<OpenProcess> {
    return this.visible(manager, visibleTo(tenantOf(manager)));
  }

  private async *visible(manager: string, isVisible: (entry: OpenProcess) => boolean): AsyncGenerator<OpenProcess> {
    for await (const entry of this.inner.open(manager)) {
      const own = local(entry);
      if (isVisible(own)) yield own;
    }
  }
}

const tenantOf = (manager: string): string | undefined => tenantUnlessAll(`The list of open processes of "${manager}"`);

const visibleTo =
  (tenant: string | undefined) =>
  ({ tenantId }: OpenProcess): boolean =>
    tenant === undefined || tenant === tenantId;

function local(entry: OpenProcess): OpenProcess {
  const { tenant, streamName: id } = placeOf(entry.id);
  return { ...entry, id, ...(tenant !== undefined && { tenantId: tenant }) };
}
