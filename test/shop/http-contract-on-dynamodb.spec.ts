import './events-on-dynamodb.js';
import { describeOnEmulator } from '../support/aws-emulator/index.js';
import { describeHttpContract } from './describe-http-contract.js';
import { openShop } from './shop.js';

jest.setTimeout(120_000);

describeOnEmulator('the HTTP contract of the sample services with their events on DynamoDB', (aws) => {
  // Its own block, so that the services end before the emulator does.
  describe('over HTTP', () => {
    describeHttpContract(() => {
      const { endpoint, region, credentials } = aws();
      return openShop({
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      });
    });
  });
});
