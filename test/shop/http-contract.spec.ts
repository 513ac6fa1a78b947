import { describeHttpContract } from './describe-http-contract.js';
import { openShop } from './shop.js';

describe('the HTTP contract of the sample services', () => {
  describeHttpContract(() => openShop());
});
