import type { INestApplicationContext } from '@nestjs/common';
import {
  createEventBridgeLambdaHandler,
  createSqsLambdaHandler,
  type SqsLambdaRecord,
} from 'nestjs-loose-coupling/aws';

declare const app: INestApplicationContext;
declare const record: SqsLambdaRecord;
