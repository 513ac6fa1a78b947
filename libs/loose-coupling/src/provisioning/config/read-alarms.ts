import type { ConfigReader } from './config-reader.js';
import type { AlarmsConfig } from './provisioning-config.js';

const KEY = 'alarms';

export function readAlarms(
  reader: ConfigReader,
  name: (path: readonly (string | number)[]) => string,
  hasFunction: boolean,
): AlarmsConfig | undefined {
  if (reader.optionalObject([KEY]) === undefined) return undefined;
  return {
    notify: reader.list([KEY, 'notify'], name),
    dead_letters: reader.flag([KEY, 'dead_letters'], true),
    open_circuits: reader.flag([KEY, 'open_circuits'], hasFunction),
  };
}
