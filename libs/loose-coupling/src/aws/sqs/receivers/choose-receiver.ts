import { MissingPackageError } from '../../../kernel/index.js';
import type { SqsApi } from '../../clients/aws-apis.js';
import type { AwsTransportOptions } from '../../transport/aws-transport.options.js';
import { SdkReceiver } from './sdk-receiver.js';
import type { SqsReceiver } from './sqs-receiver.js';
import { loadSsutPackage, type SsutPackage } from './ssut-package.loader.cjs';
import { SsutReceiver } from './ssut-receiver.js';

export type SqsReceiverKind = NonNullable<AwsTransportOptions['receiver']>;

export type OpenReceiver = (api: Pick<SqsApi, 'receiveMessage'>, fifo: boolean) => SqsReceiver;

/** @throws {MissingPackageError} for `ssut`, where the package does not load */
export function chooseReceiver(
  kind: SqsReceiverKind = 'auto',
  load: () => SsutPackage = loadSsutPackage,
): OpenReceiver {
  if (kind === 'sdk') return (...receiver) => new SdkReceiver(...receiver);
  let ssut = kind === 'ssut' ? needed(load) : undefined;
  let isMissing = false;
  return (...receiver) => {
    // On first use: a service that only sends need not load it.
    if (!ssut && !isMissing) isMissing = (ssut = found(load)) === undefined;
    return ssut ? new SsutReceiver(ssut, ...receiver) : new SdkReceiver(...receiver);
  };
}

function needed(load: () => SsutPackage): SsutPackage {
  try {
    return load();
  } catch (cause) {
    throw new MissingPackageError('@ssut/nestjs-sqs', "transport: { receiver: 'ssut' }", { cause });
  }
}

function found(load: () => SsutPackage): SsutPackage | undefined {
  try {
    const ssut = load();
    const parts = [ssut.SqsService, ssut.SqsMessageHandler, ssut.SqsConsumerEventHandler];
    return parts.every((part) => typeof part === 'function') ? ssut : undefined;
  } catch {
    return undefined;
  }
}
