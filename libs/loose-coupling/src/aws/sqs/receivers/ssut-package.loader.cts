/** What is used of @ssut/nestjs-sqs. Its own types are those of Nest 11, of golevelup and of the SDK. */
export interface SsutPackage {
  readonly SqsService: new (options: object, discovery: object) => SsutService;
  readonly SqsMessageHandler: (name: string, batch: boolean) => MethodDecorator;
  readonly SqsConsumerEventHandler: (name: string, eventName: string) => MethodDecorator;
}

export interface SsutService {
  /** Registers its consumers, which begin to poll. */
  onModuleInit(): Promise<void>;
  /** Stops them, and does not wait. */
  onModuleDestroy(): void;
}

/** The package is an optional peer, so it loads on first use; CommonJS in both builds, as Jest runs without VM modules. */
export const loadSsutPackage = (): SsutPackage => require('@ssut/nestjs-sqs');
