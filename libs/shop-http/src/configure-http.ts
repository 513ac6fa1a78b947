import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { createRequestValidation } from './request-validation.js';

/** Largest request body that is read. */
export const BODY_LIMIT = '100kb';

/** What both services do alike at their HTTP edge: validation, problem details, limits and the page at /docs. */
export function configureHttp(app: NestExpressApplication, title: string, description: string): void {
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.disable('x-powered-by');
  app.useGlobalPipes(createRequestValidation());
  app.useGlobalFilters(new ProblemDetailsFilter());
  app.enableShutdownHooks();
  const page = new DocumentBuilder().setTitle(title).setDescription(description).setVersion('1').build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, page));
}
