import type { PersonalDataRule } from '../../messaging/index.js';
import { eventKey } from '../event-types/event-codec.js';
import { personalDataOf, personalDataOfInstance } from './personal-data.decorator.js';

const NONE: readonly PersonalDataRule[] = [];

/** Which fields of which events are personal data: by the class of the data, by type and version, or by type. */
export class PersonalDataRules {
  private readonly byType = new Map<string, readonly PersonalDataRule[]>();
  private classes: { classOf(key: string): object | undefined } | undefined;

  constructor(rules: Readonly<Record<string, PersonalDataRule | readonly PersonalDataRule[]>> = {}) {
    for (const [type, rule] of Object.entries(rules)) this.byType.set(type, [rule].flat());
  }

  /** Where classes are found whose events may come as plain objects. */
  lookUpClassesIn(classes: { classOf(key: string): object | undefined }): void {
    this.classes = classes;
  }

  of(type: string, schemaVersion: number, data: unknown): readonly PersonalDataRule[] {
    const key = eventKey(type, schemaVersion);
    const declared = this.byType.get(key) ?? this.byType.get(type) ?? NONE;
    const registered = this.classes?.classOf(key);
    const ofClass = registered ? personalDataOf(registered) : NONE;
    const own = personalDataOfInstance(data);
    return declared.length + ofClass.length + own.length === 0 ? NONE : merged([...declared, ...ofClass, ...own]);
  }
}

/** Each field once, for the subject that named it first. */
function merged(rules: readonly PersonalDataRule[]): readonly PersonalDataRule[] {
  const seen = new Set<string>();
  return rules.flatMap(({ subject, fields }) => {
    const fresh = fields.filter((field) => !seen.has(field));
    for (const field of fresh) seen.add(field);
    return fresh.length === 0 ? [] : [{ subject, fields: fresh }];
  });
}
