import type { EventPattern } from '../../messaging/index.js';

/** What an SNS subscription in scope `MessageBody` lets through: the body is the CloudEvent. */
export const filterPolicyOf = (filter: EventPattern, claims: boolean): string =>
  JSON.stringify(pattern(filter, claims));

/** What a rule lets through: the detail is the CloudEvent. */
export const rulePatternOf = (event: string, filter: EventPattern | undefined, claims: boolean): string =>
  JSON.stringify({ 'detail-type': [event], ...(filter && { detail: pattern(filter, claims) }) });

/** Data that was left in a bucket cannot be looked at on the way, so it passes, and the receiver decides. */
const pattern = (filter: EventPattern, claims: boolean): EventPattern =>
  claims ? { $or: [{ data: filter }, { dataref: [{ exists: true }] }] } : { data: filter };

/** Whether two JSON texts say the same; AWS may give properties back in another order. */
export function isSameJson(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true;
  if (!one || !other) return false;
  try {
    return canonical(JSON.parse(one)) === canonical(JSON.parse(other));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
