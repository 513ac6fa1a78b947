import type * as Api from '@opentelemetry/api';

/** The package is an optional peer, so it loads when it is asked for; CommonJS in both builds, as Jest runs without VM modules. */
export const loadOpenTelemetry = (): typeof Api => require('@opentelemetry/api');
