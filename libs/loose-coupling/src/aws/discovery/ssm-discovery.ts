import { ServiceDiscovery, type DiscoveredEndpoints } from '../../services/index.js';
import type { AwsConnectionOptions } from '../aws-client-options.js';
import { AwsClients } from '../clients/aws-clients.js';

/** Exactly one of `parameter` and `path`. */
export type SsmDiscoveryOptions = {
  readonly aws?: AwsConnectionOptions;
} & (
  | /** Its value is addresses, separated by commas. */
    { readonly parameter: string; readonly path?: undefined }
    /** Each parameter below it has the address of one instance. */
  | { readonly path: string; readonly parameter?: undefined }
);

/** Reads the addresses of a service in the Parameter Store of Systems Manager. Needs `@aws-sdk/client-ssm`. */
export class SsmServiceDiscovery extends ServiceDiscovery {
  private readonly clients: AwsClients;

  constructor(private readonly options: SsmDiscoveryOptions) {
    super();
    this.clients = new AwsClients(options.aws);
  }

  override async discover(_service: string, signal: AbortSignal): Promise<DiscoveredEndpoints> {
    const { parameter, path } = this.options;
    const values = parameter === undefined ? await this.below(path, signal) : [await this.read(parameter, signal)];
    const urls = values.flatMap((value) => value.split(',')).map((url) => url.trim());
    return { endpoints: urls.filter((url) => url !== '').map((url) => ({ url })) };
  }

  close(): void {
    this.clients.close();
  }

  private async read(name: string, abortSignal: AbortSignal): Promise<string> {
    const answer = await this.clients.ssm().getParameter({ Name: name, WithDecryption: true }, { abortSignal });
    return answer.Parameter?.Value ?? '';
  }

  private async below(path: string, abortSignal: AbortSignal): Promise<string[]> {
    const values: string[] = [];
    let next: string | undefined;
    do {
      const page = await this.clients
        .ssm()
        .getParametersByPath(
          { Path: path, Recursive: true, WithDecryption: true, ...(next !== undefined && { NextToken: next }) },
          { abortSignal },
        );
      for (const { Value } of page.Parameters ?? []) values.push(Value ?? '');
      next = page.NextToken;
    } while (next !== undefined && next !== '');
    return values;
  }
}
