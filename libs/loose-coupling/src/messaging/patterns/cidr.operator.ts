import { BlockList, isIP } from 'node:net';
import type { LeafTest, PatternCompilation } from './pattern-compilation.js';

const FAMILY = { 4: 'ipv4', 6: 'ipv6' } as const;
/** AWS refuses the mask of a single address, 32 or 128: that is an exact match. */
const LONGEST_MASK = { 4: 31, 6: 127 } as const;

/** A block of addresses, version 4 or 6: `10.0.0.0/24`. */
export function compileCidr(operand: unknown, path: string, compilation: PatternCompilation): LeafTest {
  const [address = '', mask = '', ...others] = typeof operand === 'string' ? operand.split('/') : [];
  const version = versionOf(address);
  const bits = /^\d{1,3}$/.test(mask) ? Number(mask) : Infinity;
  if (version === undefined || others.length > 0 || bits > LONGEST_MASK[version]) {
    return compilation.faultyTest(path, 'must be like "10.0.0.0/24" or "2001:db8::/32", with a mask below 32 or 128');
  }
  const block = new BlockList();
  block.addSubnet(address, bits, FAMILY[version]);
  return (value) => {
    const valueVersion = typeof value === 'string' ? versionOf(value) : undefined;
    return valueVersion !== undefined && block.check(value as string, FAMILY[valueVersion]);
  };
}

function versionOf(text: string): 4 | 6 | undefined {
  const version = isIP(text);
  // An address with a zone ("fe80::1%eth0") is of one machine only.
  return version === 0 || text.includes('%') ? undefined : (version as 4 | 6);
}
