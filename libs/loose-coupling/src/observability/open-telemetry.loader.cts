/**
 * The package is an optional peer, so it loads when it is asked for; CommonJS in both builds, as Jest runs without VM modules.
 * Its types are the caller's to say: those of its two module formats are not one to TypeScript.
 */
export const loadOpenTelemetry = (): unknown => require('@opentelemetry/api');
