import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { askLast } from './ask-last.js';
import { ResilienceExceptionFilter } from './resilience-exception.filter.js';
import { RESILIENCE_OPTIONS, type ResilienceModuleOptions } from './resilience-module.options.js';

/** Starts and stops resilience, when its module says so. */
@Injectable()
export class ResilienceLifecycle {
  constructor(
    config: ApplicationConfig,
    filter: ResilienceExceptionFilter,
    @Inject(RESILIENCE_OPTIONS) options: ResilienceModuleOptions,
  ) {
    if (options.httpErrors !== false) askLast(config, filter);
  }
}
