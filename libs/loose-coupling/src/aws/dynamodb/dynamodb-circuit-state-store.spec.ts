import type { DynamoDbCircuitStateStore as Store } from './dynamodb-circuit-state-store.js';

describe('DynamoDbCircuitStateStore', () => {
  it.each(['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'])('says that %s is missing', (packageName) => {
    jest.isolateModules(() => {
      jest.doMock(packageName, () => {
        throw new Error('Cannot find module');
      });
      const { DynamoDbCircuitStateStore } = jest.requireActual<{ DynamoDbCircuitStateStore: typeof Store }>(
        './dynamodb-circuit-state-store.js',
      );
      expect(() => new DynamoDbCircuitStateStore()).toThrow(
        expect.objectContaining({
          code: 'LC_MISSING_PACKAGE',
          message: expect.stringContaining(`npm install ${packageName}`),
        }),
      );
      jest.dontMock(packageName);
    });
  });
});
