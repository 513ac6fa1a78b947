import type { ExceptionFilter } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

/**
 * Makes a filter global, after all others: Nest asks the one that was registered last first, so what the application
 * itself has registered, as `APP_FILTER` or with `useGlobalFilters`, goes before it.
 */
export function askLast(config: ApplicationConfig, filter: ExceptionFilter): void {
  config.getGlobalFilters().unshift(filter);
}
