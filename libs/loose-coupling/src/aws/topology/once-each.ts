/** Runs what has a key once, however often and by however many it is asked for; what failed is run again when asked again. */
export class OnceEach {
  private readonly results = new Map<string, Promise<unknown>>();

  run<Result>(key: string, make: () => Promise<Result>): Promise<Result> {
    const known = this.results.get(key) as Promise<Result> | undefined;
    if (known) return known;
    const result = make();
    this.results.set(key, result);
    result.catch(() => this.results.delete(key));
    return result;
  }

  forget(isMeant: (key: string) => boolean): void {
    for (const key of this.results.keys()) if (isMeant(key)) this.results.delete(key);
  }
}
