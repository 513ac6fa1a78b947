import { UnprotectedPersonalDataError } from '../../messaging/index.js';
import { personalDataOfInstance } from '../personal-data/personal-data.decorator.js';
import type { Commit } from './event-store.js';

/** @throws {UnprotectedPersonalDataError} for an event whose class has `@PersonalData` */
export function refuseUnprotected({ appends }: Commit): void {
  for (const { events } of appends) {
    for (const { type, data } of events) {
      if (personalDataOfInstance(data).length > 0) throw new UnprotectedPersonalDataError(`The event ${type}`);
    }
  }
}
