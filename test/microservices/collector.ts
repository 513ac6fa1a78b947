/** Gathers what handlers got; `take` resolves once that many are there. */
export function collector<Item>() {
  let items: Item[] = [];
  let wake = (): void => undefined;
  return {
    add(item: Item): void {
      items.push(item);
      wake();
    },
    clear(): void {
      items = [];
    },
    async take(count: number): Promise<Item[]> {
      while (items.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return items.splice(0);
    },
  };
}
