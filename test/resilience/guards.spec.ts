import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { GuardedModule, PROTECTED_ROUTES } from '../package/apps/common/guarded-controller.js';

/** The same on Nest 12 is a program of test/package, since Jest cannot load Nest 12. */
describe('a guarded route behind resilience decorators', () => {
  let app: INestApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [GuardedModule] }).compile();
    app = await module.createNestApplication({ logger: false }).init();
  });

  afterAll(() => app.close());

  const ask = async (route: string, role: string): Promise<[number, string]> => {
    const { status, text } = await supertest(app.getHttpServer()).get(`/${route}`).set('x-role', role);
    return [status, text];
  };

  it('is open only where no role is asked for', async () => {
    expect(await ask('open', 'clerk')).toEqual([200, 'attempt 1']);
  });

  it.each(PROTECTED_ROUTES)('refuses others and lets the role in: %s', async (route) => {
    expect(await ask(route, 'clerk')).toEqual([403, expect.stringContaining('Forbidden')]);
    expect(await ask(route, 'admin')).toEqual([200, 'attempt 1']);
  });
});
