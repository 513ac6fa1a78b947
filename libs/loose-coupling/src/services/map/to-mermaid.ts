import type { Dependency } from './dependency.js';

const ARROWS = { synchronous: '-->', asynchronous: '-.->', event_driven: '-.->', streaming: '==>' };

/** A flowchart: what is waited for has a solid line, what is away is red. */
export function toMermaid(service: string, dependencies: readonly Dependency[]): string {
  const ids = new Map<string, string>();
  const node = (name: string): string => {
    if (!ids.has(name)) ids.set(name, `s${ids.size}`);
    return `${ids.get(name)}["${name.replaceAll('"', "'")}"]`;
  };
  const lines = ['flowchart LR', `  ${node(service)}`];
  for (const { name, pattern, criticality, dependsOn, circuit } of dependencies) {
    lines.push(`  ${ids.get(service)} ${ARROWS[pattern]}|${criticality}| ${node(name)}`);
    for (const further of dependsOn) lines.push(`  ${ids.get(name)} --> ${node(further)}`);
    if (circuit === 'open' || circuit === 'forced-open') lines.push(`  class ${ids.get(name)} away`);
  }
  lines.push('  classDef away stroke:#c00,stroke-width:3px');
  return `${lines.join('\n')}\n`;
}
