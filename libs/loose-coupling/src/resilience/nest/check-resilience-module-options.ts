import type { FaultList } from '../../kernel/index.js';
import { validateResilienceOptions } from '../registry/read-configuration.js';
import { checkSharedStateOptions } from '../state/check-shared-state-options.js';

const CONFIGURATION = ['policies', 'defaults', 'chaos'];
const KNOWN = [...CONFIGURATION, 'httpErrors', 'sharedState'];

/** Adds what is wrong with `resilience` of the module's options. */
export function checkResilienceModuleOptions(options: unknown, faults: FaultList): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    faults.add('resilience', 'an object', options);
    return;
  }
  const given = options as Record<string, unknown>;
  faults.unknownKeys('resilience', given, KNOWN);
  faults.boolean('resilience.httpErrors', given['httpErrors']);
  const { sharedState } = given;
  if (sharedState !== undefined) checkSharedStateOptions(faults, 'resilience.sharedState', sharedState);
  validateResilienceOptions(Object.fromEntries(CONFIGURATION.map((key) => [key, given[key]])), faults);
}
