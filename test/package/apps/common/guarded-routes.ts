import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { GuardedModule, PROTECTED_ROUTES } from './guarded-controller.js';

async function main(): Promise<void> {
  const app = await NestFactory.create(GuardedModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (route: string, role: string): Promise<string> => {
    const response = await fetch(`${url}/${route}`, { headers: { 'x-role': role } });
    return `${route} as ${role}: ${response.status} ${response.ok ? await response.text() : ''}`.trim();
  };
  const wrong: string[] = [];
  const expectAnswer = async (route: string, role: string, answer: string): Promise<void> => {
    const got = await ask(route, role);
    if (got !== `${route} as ${role}: ${answer}`) wrong.push(`${got}, expected ${answer}`);
  };
  await expectAnswer('open', 'clerk', '200 attempt 1');
  for (const route of PROTECTED_ROUTES) {
    await expectAnswer(route, 'clerk', '403');
    await expectAnswer(route, 'admin', '200 attempt 1');
  }
  await app.close();
  console.log(wrong.length === 0 ? `${PROTECTED_ROUTES.length} routes are guarded` : wrong.join('\n'));
}

void main();
