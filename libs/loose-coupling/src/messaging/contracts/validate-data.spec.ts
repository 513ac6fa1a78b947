import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsEmail, IsInt, ValidateNested } from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import { MissingPackageError } from '../../kernel/index.js';
import { InvalidMessageDataError, type DataIssue } from '../errors/invalid-message-data.error.js';
import { loadClassValidator } from './class-validator.loader.cjs';
import type { MessageSchema } from './message-contract.js';
import { validateData } from './validate-data.js';

class LineData {
  @IsInt()
  quantity!: number;
}

class OrderData {
  @IsEmail()
  email!: string;

  @ValidateNested({ each: true })
  @Type(() => LineData)
  lines!: LineData[];
}

const issuesOf = async (schema: MessageSchema, data: unknown): Promise<readonly DataIssue[]> => {
  try {
    await validateData(schema, data, 'data of shop.order.placed');
  } catch (error) {
    if (error instanceof InvalidMessageDataError) return error.issues;
    throw error;
  }
  return [];
};

describe('validateData', () => {
  it('gives data without a schema as it came', () => {
    const data = { any: 'thing' };
    expect(validateData(undefined, data, 'data')).toBe(data);
  });

  it('answers at once when the schema is synchronous, with the output of the schema', () => {
    const schema = z.object({ at: z.string().transform(Number) });
    expect(validateData(schema, { at: '5', unknown: true }, 'data')).toEqual({ at: 5 });
  });

  it('awaits an asynchronous schema', async () => {
    const schema = z.string().refine(async (text) => text === 'good');
    const result = validateData(schema, 'good', 'data');
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe('good');
    expect(await issuesOf(schema, 'bad')).toHaveLength(1);
  });

  it('tells every issue with its path', async () => {
    const schema = z.object({ id: z.string(), lines: z.array(z.object({ quantity: z.number() })) });
    const issues = await issuesOf(schema, { lines: [{ quantity: 1 }, { quantity: 'x' }] });
    expect(issues.map(({ path }) => path)).toEqual(['id', 'lines.1.quantity']);
  });

  it('lists a limited number of issues in the message', async () => {
    const error = new InvalidMessageDataError(
      'data',
      Array.from({ length: 50 }, () => ({ path: 'a', message: 'b' })),
    );
    expect(error.message.split('\n')).toHaveLength(22);
    expect(error.message).toContain('and 30 more');
  });
});

describe('validateData with a class', () => {
  it('gives an instance without properties that the class does not know', async () => {
    const data = { email: 'a@b.org', lines: [{ quantity: 1, more: 1 }], more: 1 };
    const order = await validateData(OrderData, data, 'data');
    expect(order).toBeInstanceOf(OrderData);
    expect(order).toEqual({ email: 'a@b.org', lines: [{ quantity: 1 }] });
    expect(order.lines[0]).toBeInstanceOf(LineData);
  });

  it('tells issues of nested objects with their paths', async () => {
    const issues = await issuesOf(OrderData, { email: 'a@b.org', lines: [{ quantity: 1 }, { quantity: 'x' }] });
    expect(issues).toEqual([{ path: 'lines.1.quantity', message: 'quantity must be an integer number' }]);
  });

  it.each([null, 5, 'text', [{ email: 'a@b.org' }]])('refuses %j, which is no object', async (data) => {
    expect(await issuesOf(OrderData, data)).toEqual([{ path: '', message: 'must be an object, as OrderData is' }]);
  });

  it('names the package that is missing', () => {
    jest.doMock('class-validator', () => {
      throw new Error("Cannot find module 'class-validator'");
    });
    const load = () =>
      loadClassValidator((name, cause) => new MissingPackageError(name, 'A contract with a class', { cause }));
    expect(load).toThrow(MissingPackageError);
    expect(load).toThrow('npm install class-validator');
    jest.dontMock('class-validator');
    expect(load().validate).toBeInstanceOf(Function);
  });
});

describe('the message of an issue', () => {
  const SECRET = 'hunter2-secret';

  it.each<[string, MessageSchema, unknown]>([
    ['valibot, a type', v.object({ password: v.number() }), { password: SECRET }],
    ['valibot, a format', v.object({ password: v.pipe(v.string(), v.email()) }), { password: SECRET }],
    ['zod, a type', z.object({ password: z.number() }), { password: SECRET }],
    [
      'zod, an own message',
      z.object({ password: z.string().refine(() => false, { error: (issue) => `bad: ${issue.input}` }) }),
      { password: SECRET },
    ],
    ['class-validator', OrderData, { email: SECRET, lines: [] }],
    [
      'arktype’s wording',
      standardIssue(`password must be a number (was "${SECRET}")`, ['password']),
      { password: SECRET },
    ],
    [
      'valibot’s wording, elsewhere',
      standardIssue(`Invalid type: Expected number but received "${SECRET}"`, []),
      { password: SECRET },
    ],
    [
      'an object in arktype’s wording',
      standardIssue(`must be text (was {"password":"${SECRET}"})`, []),
      { password: SECRET },
    ],
  ])('does not repeat the value: %s', async (_name, schema, data) => {
    const issues = await issuesOf(schema, data);
    expect(issues.length).toBeGreaterThan(0);
    expect(JSON.stringify(issues)).not.toContain('hunter2');
    expect(issues[0]?.message).toMatch(/\w{3}/);
  });

  it('does not repeat a number', async () => {
    const [issue] = await issuesOf(standardIssue('must be at most 5 but is 4711', ['pin']), { pin: 4711 });
    expect(issue?.message).toBe('must be at most 5 but is …');
  });

  it('keeps the types of a message that tells only types', async () => {
    const [issue] = await issuesOf(z.object({ id: z.string() }), { id: 5 });
    expect(issue?.message).toBe('Invalid input: expected string, received number');
  });
});

function standardIssue(message: string, path: string[]): MessageSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message, path }] }) } };
}
