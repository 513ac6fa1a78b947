import type { INestMicroservice } from '@nestjs/common';
import { ClientsModule } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { MessageTransport } from 'nestjs-loose-coupling';
import { SqsClient, SqsExceptionFilter, SqsRecord } from 'nestjs-loose-coupling/microservices';

declare const app: INestMicroservice;
declare const client: SqsClient;
