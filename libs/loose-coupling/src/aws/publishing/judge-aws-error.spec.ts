import { ClosedError } from '../../kernel/index.js';
import { judgeAwsError } from './judge-aws-error.js';

const answered = (name: string, $fault: 'client' | 'server' = 'client', more: object = {}) =>
  Object.assign(new Error(name), { name, $fault, ...more });

describe('judgeAwsError', () => {
  it.each([
    ['no answer', new Error('ECONNRESET')],
    ['no error at all', undefined],
    ['a fault of the service', answered('Whatever', 'server')],
    ['throttling', answered('ThrottlingException')],
    ['throttling of SNS', answered('ThrottledException')],
    ['throttling of SQS', answered('RequestThrottled')],
    ['throttling of the key', answered('KmsThrottled')],
    ['what the SDK calls retryable', answered('Odd', 'client', { $retryable: { throttling: true } })],
    ['too many requests', answered('Odd', 'client', { $metadata: { httpStatusCode: 429 } })],
    ['credentials that have just expired', answered('ExpiredTokenException')],
  ])('retries %s', (_, error) => expect(judgeAwsError(error)).toBe('retry'));

  it.each([
    ['our own verdict', new ClosedError('x')],
    ['missing permissions', answered('AccessDeniedException')],
    ['missing permissions, as SNS says it', answered('AuthorizationError')],
    ['a queue that is not there', answered('QueueDoesNotExist')],
    ['a key that is disabled', answered('KmsDisabled')],
    ['a wrong signature', answered('SignatureDoesNotMatch')],
  ])('refuses all for %s', (_, error) => expect(judgeAwsError(error)).toBe('refuse'));

  it.each(['ValidationException', 'InvalidParameter', 'BatchRequestTooLong', 'InvalidMessageContents'])(
    'looks for the entry that is to blame for %s',
    (name) => expect(judgeAwsError(answered(name))).toBe('isolate'),
  );
});
