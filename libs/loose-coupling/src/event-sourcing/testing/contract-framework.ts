/** What a test runner must offer to run a contract suite; jest, vitest and node:test all do. */
export interface ContractFramework {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** The runner's globals. */
export const globalFramework = (): ContractFramework => globalThis as unknown as ContractFramework;
