import { spawnSync } from 'node:child_process';
import { holderIsGone, relayIdentity } from './relay-identity.js';

const withPid = (pid: number, holder = relayIdentity()): string => {
  const parts = holder.split('/');
  parts[parts.length - 2] = String(pid);
  return parts.join('/');
};

describe('the identity of a relay', () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);

  it('tells a process that is gone from one that lives', () => {
    expect(holderIsGone(relayIdentity())).toBe(false);
    expect(holderIsGone(withPid(dead))).toBe(true);
  });

  it.each([0, 1, 2])('is in doubt about a process of elsewhere (part %i)', (part) => {
    const parts = withPid(dead).split('/');
    parts[part] = 'other';
    expect(holderIsGone(parts.join('/'))).toBe(false);
  });

  it('is in doubt about a name that it did not make', () => {
    expect(['', 'one', `${relayIdentity().split('/')[0]}/${dead}/x`].map(holderIsGone)).toEqual([false, false, false]);
  });
});
