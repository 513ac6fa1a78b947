import type { Dependency, Finding } from './dependency.js';

/** Calls one after the other that an answer waits for; a longer chain is down whenever one of many is. */
const LONGEST_CHAIN = 2;

export function findFaults(service: string, dependencies: readonly Dependency[]): Finding[] {
  const waited = dependencies.filter(({ pattern }) => pattern === 'synchronous');
  return [
    ...waited
      .filter(({ criticality, fallback }) => criticality === 'optional' && fallback === undefined)
      .map(({ name }): Finding => {
        const message = `${name} is optional and waited for, and nothing answers in its place: give it a fallback, or a queue`;
        return { code: 'optional-without-fallback', services: [name], message };
      }),
    ...dependencies
      .filter(({ hasTimeout }) => !hasTimeout)
      .map(({ name }): Finding => {
        const message = `${name} has no timeout: its policy says none, and \`timeoutMs\` neither`;
        return { code: 'no-timeout', services: [name], message };
      }),
    ...chains(service, waited),
    ...sharedDatabases(dependencies),
  ];
}

/** Each chain of its own is told once, at its full length. */
function chains(service: string, waited: readonly Dependency[]): Finding[] {
  const calls = new Map(waited.map(({ name, dependsOn }) => [name, dependsOn]));
  const follow = (path: readonly string[]): string[][] => {
    const next = (calls.get(path.at(-1) ?? '') ?? []).filter((name) => !path.includes(name));
    return next.length === 0 ? [[...path]] : next.flatMap((name) => follow([...path, name]));
  };
  return waited
    .flatMap(({ name }) => follow([service, name]))
    .filter((path) => path.length - 1 > LONGEST_CHAIN)
    .map((services) => {
      const message = `${services.join(' > ')}: ${services.length - 1} calls wait for each other, more than ${LONGEST_CHAIN}`;
      return { code: 'long-synchronous-chain', services, message };
    });
}

function sharedDatabases(dependencies: readonly Dependency[]): Finding[] {
  const owners = new Map<string, string[]>();
  for (const { name, database } of dependencies) {
    if (database !== undefined) owners.set(database, [...(owners.get(database) ?? []), name]);
  }
  return [...owners]
    .filter(([, services]) => services.length > 1)
    .map(([database, services]) => {
      const message = `${services.join(' and ')} keep their data in one database, "${database}": neither can change it alone`;
      return { code: 'shared-database', services, message };
    });
}
