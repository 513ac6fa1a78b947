import type * as Api from '@opentelemetry/api';
import { installTraceBridge, MissingPackageError } from '../kernel/index.js';
import type { MessageMiddlewareRegistry, MessagingSystems } from '../messaging/index.js';
import { OpenTelemetryBridge } from './open-telemetry-bridge.js';
import { OpenTelemetryTracer } from './open-telemetry-tracer.js';
import { loadOpenTelemetry } from './open-telemetry.loader.cjs';

const TRACER = 'nestjs-loose-coupling';
/** Where every copy of @opentelemetry/api keeps what was registered. */
const GLOBAL = Symbol.for('opentelemetry.js.api.1');

export interface MessageTracingOptions {
  /** Undefined: where a tracer provider is registered when the application starts. */
  readonly openTelemetry: boolean | undefined;
  readonly systems: MessagingSystems;
}

/** Traces by OpenTelemetry, if asked to, or if somebody has set it up. */
export class MessageTracing {
  private readonly end: () => void;

  /** @throws {MissingPackageError} when it is asked for and @opentelemetry/api is not installed */
  constructor({ openTelemetry, systems }: MessageTracingOptions, registry: MessageMiddlewareRegistry) {
    const api =
      openTelemetry === false || (openTelemetry === undefined && !isSetUp()) ? undefined : load(openTelemetry);
    this.end = api ? installTraceBridge(new OpenTelemetryBridge(api)) : () => undefined;
    if (api) registry.trace(new OpenTelemetryTracer(api, api.trace.getTracer(TRACER), systems));
  }

  close(): void {
    this.end();
  }
}

const isSetUp = (): boolean => (globalThis as { [GLOBAL]?: { readonly trace?: unknown } })[GLOBAL]?.trace !== undefined;

function load(wanted: boolean | undefined): typeof Api | undefined {
  try {
    return loadOpenTelemetry() as typeof Api;
  } catch (cause) {
    if (!wanted) return undefined;
    throw new MissingPackageError('@opentelemetry/api', 'The option openTelemetry', { cause });
  }
}
