import { DynamoDB } from '@aws-sdk/client-dynamodb';

const text = (item, name) => item?.[name]?.S ?? '';
const number = (item, name) => Number(item?.[name]?.N ?? 0);

/** A service's table of events, read as it is laid out (docs/dynamodb-event-store.md), without the library that wrote it. */
export class EventTable {
  /**
   * @param {object} access how the AWS SDK reaches it
   * @param {string} name
   */
  constructor(access, name) {
    this.client = new DynamoDB(access);
    this.name = name;
  }

  close() {
    this.client.destroy();
  }

  /** Messages that were not published, those set aside included, and commits that are not in the feed. */
  async countWaiting() {
    const [pages, [state], parked, pending] = await Promise.all([
      this.#query('F#0'),
      this.#query('O#state'),
      this.#query('O#parked'),
      this.#query('P#0', { IndexName: 'pending' }),
    ]);
    const settled = JSON.parse(text(state, 'over') || '[]').reduce(
      (sum, [from, to]) => sum + to - from + 1,
      number(state, 'done'),
    );
    return number(pages.at(-1), 'mt') - settled + parked.length + pending.length;
  }

  /** Reads everything, and lists what is lost, doubled or out of order. */
  async audit() {
    const faults = [];
    const commits = new Map();
    for (const item of await this.#scan()) {
      const pk = text(item, 'pk');
      if (/^[SM]#/.test(pk)) commits.set(`${pk} ${number(item, 'sk')}`, item);
    }
    const versions = new Map();
    let position = 0;
    for (const page of await this.#query('F#0')) {
      if (number(page, 'sk') !== position + 1) faults.push(`the feed has a gap, or an overlap, after ${position}`);
      position = number(page, 'to');
      for (const [pk, sk] of JSON.parse(text(page, 'e'))) {
        const commit = commits.get(`${pk} ${sk}`);
        commits.delete(`${pk} ${sk}`);
        if (!commit) faults.push(`the feed lists ${pk} at ${sk} twice, or it is gone`);
        else if (pk.startsWith('S#')) {
          if (sk !== (versions.get(pk) ?? 0) + 1) faults.push(`${pk} is not in the feed as it was written, at ${sk}`);
          versions.set(pk, number(commit, 'to'));
        }
      }
    }
    if (commits.size > 0) faults.push(`${commits.size} commits are not in the feed`);
    return { faults: faults.map((fault) => `${this.name}: ${fault}`), streams: versions.size, positions: position };
  }

  /** Everything that is there. */
  items() {
    return this.#scan();
  }

  #query(pk, index) {
    return this.#all((start) =>
      this.client.query({
        TableName: this.name,
        ...index,
        KeyConditionExpression: `${index ? 'pend' : 'pk'} = :key`,
        ExpressionAttributeValues: { ':key': { S: pk } },
        ...(!index && { ConsistentRead: true }),
        ...start,
      }),
    );
  }

  #scan() {
    return this.#all((start) => this.client.scan({ TableName: this.name, ConsistentRead: true, ...start }));
  }

  async #all(read) {
    const found = [];
    for (let start = {}; start;) {
      const { Items = [], LastEvaluatedKey } = await read(start);
      found.push(...Items);
      start = LastEvaluatedKey && { ExclusiveStartKey: LastEvaluatedKey };
    }
    return found;
  }
}
